"""What waits for a person on Home about a message: variants to confirm or adapt, experts to be named."""

from datetime import datetime

from django.db.models import Count, F, Min, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts.models import User
from campaigns.checks.message import DAYS_VARIANTS
from campaigns.checks.plan import DAYS_EXPERT, working_days_before
from campaigns.enums import Preparation, VariantState
from campaigns.models import CampaignChannel, Variant
from core.registry import HomeItem, home_sources

MOST = 50
# The working copy is open: what is asked for can be done.
OPEN = (Preparation.DRAFT, Preparation.IN_REVIEW)


@home_sources.register("variants")
def variants_to_confirm(user: User, now: datetime) -> list[HomeItem]:
    """Variants of the expert's channels that are out of date or not confirmed, by campaign.

    One query, a second one for whoever is named as an expert of an open campaign.
    """
    named = CampaignChannel.objects.filter(expert=user, campaign__state__in=OPEN)
    channels = list(named.order_by().values_list("pk", flat=True))
    if not channels:
        return []
    mine = Variant.objects.filter(campaign_channel__in=channels)
    mine = mine.filter(state__in=(VariantState.OUTDATED, VariantState.DRAFT))
    # Only where the channel still carries the campaign.
    mine = mine.filter(campaign_channel__regions=F("campaign_region"))
    rows = mine.order_by().values("campaign", "campaign__name", "state")
    counted = rows.annotate(n=Count("pk", distinct=True), start=Min("campaign_region__starts_on"))
    return [_variants(row) for row in counted.order_by("start", "campaign", "state")[:MOST]]


def _variants(row: dict) -> HomeItem:
    outdated = row["state"] == VariantState.OUTDATED
    if outdated:
        title = ngettext(
            "%(count)s channel variant is out of date", "%(count)s channel variants are out of date", row["n"]
        )
    else:
        title = ngettext(
            "%(count)s channel variant waits for you", "%(count)s channel variants wait for you", row["n"]
        )
    return HomeItem(
        title=title % {"count": row["n"]},
        detail=row["campaign__name"],
        url=reverse("campaigns:message", args=[row["campaign"]]),
        action=_("Adapt") if outdated else _("Confirm"),
        icon="arrow-repeat" if outdated else "chat-square-text",
        tone="care" if outdated else "move",
        due=working_days_before(row["start"], DAYS_VARIANTS),
        key=f"variants-{row['state']}-{row['campaign']}",
    )


@home_sources.register("experts")
def experts_to_name(user: User, now: datetime) -> list[HomeItem]:
    """Channels of the owner's campaigns without an expert who is still here, by campaign (one query)."""
    nobody = Q(expert__isnull=True) | Q(expert__is_active=False)
    rows = CampaignChannel.objects.filter(nobody, campaign__owner=user, campaign__state__in=OPEN)
    rows = rows.select_related("campaign", "channel").order_by(
        "campaign__starts_on", "campaign", "channel__position", "channel__code"
    )
    found: dict[int, list[CampaignChannel]] = {}
    for row in rows[:MOST]:
        found.setdefault(row.campaign_id, []).append(row)
    return [_experts(channels) for channels in found.values()]


def _experts(rows: list[CampaignChannel]) -> HomeItem:
    campaign = rows[0].campaign
    title = ngettext(
        "Name an expert for %(count)s channel: %(campaign)s",
        "Name experts for %(count)s channels: %(campaign)s",
        len(rows),
    )
    return HomeItem(
        title=title % {"count": len(rows), "campaign": campaign.name},
        detail=", ".join(str(row.channel) for row in rows),
        url=f"{reverse('campaigns:edit', args=[campaign.pk])}#channel-{rows[0].channel_id}",
        action=pgettext("verb", "Name"),
        icon="person-exclamation",
        tone="stop",
        due=working_days_before(campaign.starts_on, DAYS_EXPERT),
        key=f"experts-{campaign.pk}",
    )
