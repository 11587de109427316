"""The card on the campaign page: where it is missing, what is left out, who else speaks to these people."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.permissions import can
from campaigns.document.parts import document_part
from campaigns.panels import Panel, panels
from campaigns.same_people import neighbours
from campaigns.services.dossier import Dossier
from campaigns.services.touchpoints import left_out
from campaigns.services.transitions import CLOSED
from channels.models import Channel
from customers.enums import Level
from customers.models import ChannelUse

SHOWN = 3


@panels.register("touchpoints")
def touchpoint_panel(dossier: Dossier, user: User) -> Panel | None:
    """A hint for planning; it blocks nothing. Nothing to say, no card.

    Ten queries, however many groups and channels: the overlap of groups is told from all their definitions.
    """
    campaign = dossier.campaign
    own = {row.channel_id for row in dossier.channels}
    excused = [one for one in left_out(campaign) if one.channel_id not in own]
    gone = own | {one.channel_id for one in excused}
    missing = [] if campaign.state in CLOSED else often_missing(campaign.pk, gone)
    beside = neighbours(dossier, user)
    if not missing and not excused and not (beside and (beside.campaigns or beside.pairs)):
        return None
    context = {
        "missing": missing[:SHOWN],
        "more": max(0, len(missing) - SHOWN),
        "excused": excused,
        "neighbours": beside,
        "may_explain": campaign.state not in CLOSED and can(user, "campaign.edit", campaign),
    }
    return Panel("campaigns/panels/touchpoints.html", context, order=45)


def often_missing(campaign_pk: int, gone: set[int]) -> list[tuple[Channel, list[str]]]:
    """Channels that the campaign's groups often use in some phase, but those in `gone` (one query)."""
    uses = ChannelUse.objects.shown().filter(group__campaigns=campaign_pk, level__gte=Level.OFTEN)
    found: dict[int, tuple[Channel, list[str]]] = {}
    weight: dict[int, int] = {}
    for one in uses.exclude(channel__in=gone):
        _channel, phases = found.setdefault(one.channel_id, (one.channel, []))
        weight[one.channel_id] = weight.get(one.channel_id, 0) + one.level
        if str(one.phase) not in phases:
            phases.append(str(one.phase))
    return [found[pk] for pk in sorted(found, key=lambda pk: -weight[pk])]


@document_part("left_out", _("Channels left out"), order=35, page="campaigns:touchpoints", usual=False)
def left_out_part(dossier: Dossier, user: User) -> dict[str, Any] | None:
    """In the plan as a document: what the campaign does without, and why (one query)."""
    rows = list(left_out(dossier.campaign))
    return {"rows": rows} if rows else None
