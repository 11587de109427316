"""Where a campaign's life shows: the readiness card and the next step on its page, what waits on Home."""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.enums import Role
from accounts.models import User
from campaigns import permissions
from campaigns.actions import Action, head_actions
from campaigns.enums import Phase, Preparation, ReviewState, Running
from campaigns.models import Campaign, CampaignChannel, CampaignRegion, Review
from campaigns.panels import Panel, panels
from campaigns.readiness import topics_of
from campaigns.readiness_card import card_of, needs_gate
from campaigns.services import replacement
from campaigns.services.dossier import Dossier
from campaigns.services.lifecycle import is_over
from campaigns.services.transitions import CLOSED, DISCARD
from core.audit import scope_of
from core.models import AuditEvent
from core.registry import HomeItem, home_sources

SHOWN_LINES = 6
MOST = 50


@panels.register("readiness")
def readiness_panel(dossier: Dossier, user: User) -> Panel | None:
    """What blocks the approval or the start; nothing once there is nothing more to pass."""
    card = card_of(dossier)
    if card.is_empty:
        return None
    context = {"card": card, "first": card.open[:SHOWN_LINES], "more": card.open[SHOWN_LINES:]}
    return Panel("campaigns/lifecycle/readiness.html", context, column="main", order=10)


@head_actions.register("life")
def next_steps(dossier: Dossier, user: User) -> list[Action]:
    """The next step that this person can take with the campaign as it stands."""
    campaign = dossier.campaign
    owner = permissions.is_owner(user, campaign)
    manages = user.rights.has(Role.MANAGER) and permissions.manages_all(
        user, {region.region_id for region in dossier.regions}
    )
    found = [_discard(campaign, owner), _prepare(campaign, owner, manages)]
    found += [*_run(dossier, user), _close(dossier, owner)]
    return [action for action in found if action is not None]


def _step(campaign: Campaign, move: str, label: str, icon: str, *, primary: bool = True) -> Action:
    return Action(label, reverse("campaigns:step", args=[campaign.pk, move]), icon, primary=primary, order=60)


def _prepare(campaign: Campaign, owner: bool, manages: bool) -> Action | None:
    if campaign.state == Preparation.DRAFT and owner:
        return _step(campaign, "submit", _("Put into review"), "send-check")
    if campaign.state == Preparation.IN_REVIEW and manages and not owner:
        url = reverse("campaigns:approve", args=[campaign.pk])
        return Action(_("Look and approve"), url, "check-lg", primary=True, order=60)
    if campaign.state == Preparation.APPROVED and owner and campaign.phase != Phase.FINISHED:
        return _step(campaign, "change", _("Start a change"), "pencil-square", primary=False)
    return None


def _discard(campaign: Campaign, owner: bool) -> Action | None:
    if not owner or campaign.release_id is None or campaign.state not in DISCARD.sources:
        return None
    return _step(campaign, "discard", _("Discard the change"), "trash3", primary=False)


def _run(dossier: Dossier, user: User) -> list[Action]:
    campaign = dossier.campaign
    mine = [region for region in dossier.regions if permissions.runs_region(user, region)]
    if not mine or campaign.state in CLOSED:
        return []
    live = [region for region in mine if region.running == Running.LIVE]
    found = []
    if len(live) == 1:
        url = reverse("campaigns:region_step", args=[campaign.pk, live[0].pk, "pause"])
        found.append(Action(_("Pause"), url, "pause-circle", order=55))
    elif live:
        found.append(
            _step(campaign, "pause_everywhere", _("Pause everywhere"), "pause-circle", primary=False)
        )
    if any(needs_gate(region, campaign) for region in mine) and campaign.phase != Phase.FINISHED:
        url = reverse("campaigns:gate", args=[campaign.pk])
        found.append(Action(_("Check the launch gate"), url, "shield-check", primary=True, order=65))
    return found


def _close(dossier: Dossier, owner: bool) -> Action | None:
    campaign = dossier.campaign
    if not owner or campaign.release_id is None or campaign.state == Preparation.EVALUATED:
        return None
    if campaign.phase != Phase.FINISHED or not is_over(dossier):
        return None
    return _step(campaign, "evaluate", _("Close the evaluation"), "clipboard-data")


# --- Home -----------------------------------------------------------------------------------------------


def _reviewed(campaigns: QuerySet) -> QuerySet:
    """Campaigns with reviews, all of them approved (a hint for lists; the approval itself checks again)."""
    reviews = Review.objects.filter(campaign_region__campaign=OuterRef("pk"))
    return campaigns.filter(Exists(reviews)).exclude(Exists(reviews.exclude(state=ReviewState.APPROVED)))


@home_sources.register("approvals")
def approvals_waiting(user: User, now: datetime) -> list[HomeItem]:
    """Reviewed campaigns that this manager can approve, earliest start first (one query)."""
    managed = user.rights.regions(Role.MANAGER)
    if managed is not None and not managed:
        return []
    waiting = _reviewed(Campaign.objects.filter(state=Preparation.IN_REVIEW).exclude(owner=user))
    if managed is not None:
        regions = CampaignRegion.objects.filter(campaign=OuterRef("pk"))
        waiting = waiting.exclude(Exists(regions.exclude(region__in=managed)))
    return [
        HomeItem(
            title=_("Approve: %(campaign)s") % {"campaign": campaign.name},
            detail=_("Asked by %(owner)s") % {"owner": campaign.owner},
            url=reverse("campaigns:approve", args=[campaign.pk]),
            action=_("Look"),
            icon="check2-circle",
            tone="accent",
            due=campaign.starts_on,
            key=f"approve-{campaign.pk}",
        )
        for campaign in waiting.select_related("owner").order_by("starts_on", "pk")[:MOST]
    ]


@home_sources.register("held")
def held_regions(user: User, now: datetime) -> list[HomeItem]:
    """Starts that are held in this person's campaigns, channels or regions (one query)."""
    managed = user.rights.regions(Role.MANAGER)
    held = CampaignRegion.objects.filter(running=Running.WAITING, campaign__release__isnull=False)
    held = held.exclude(held_told="").exclude(campaign__state__in=CLOSED)
    held = held.filter(starts_on__lte=now.date() + timedelta(days=1), ends_on__gte=now.date())
    if managed is not None:
        expert = CampaignChannel.objects.filter(regions=OuterRef("pk"), expert=user)
        held = held.filter(Q(campaign__owner=user) | Q(region__in=managed) | Exists(expert))
    return [
        HomeItem(
            title=_("The start in %(region)s is held: %(campaign)s")
            % {"region": region.region.name, "campaign": region.campaign.name},
            detail=_("It starts by itself as soon as the open points are done."),
            url=f"{reverse('campaigns:gate', args=[region.campaign_id])}#region-{region.region.code}",
            action=_("See what is open"),
            icon="pause-circle",
            tone="stop",
            due=region.starts_at,
            key=f"held-{region.pk}",
        )
        for region in held.select_related("region", "campaign").order_by("starts_on", "pk")[:MOST]
    ]


@home_sources.register("replacements")
def replacements_waiting(user: User, now: datetime) -> list[HomeItem]:
    """The owner's releases that are approved and due but wait to replace the one in force.

    One query, a second one for what is missing as of the last notice.
    """
    if not user.rights.has(*permissions.PLANS):
        return []
    live = CampaignRegion.objects.filter(campaign=OuterRef("pk"), running=Running.LIVE).exclude(held_told="")
    late = live.exclude(release=OuterRef("release"))
    own = Campaign.objects.filter(Exists(late), owner=user, release__isnull=False).exclude(state__in=CLOSED)
    own = own.select_related("release").defer("release__content").order_by("starts_on", "pk")
    campaigns = {scope_of(one): one for one in own[:MOST]}
    if not campaigns:
        return []
    told = AuditEvent.objects.filter(scope__in=campaigns, verb=replacement.VERB).order_by("pk")
    data = {event.scope: event.data for event in told}
    return [_replacement(campaign, data.get(scope, {})) for scope, campaign in campaigns.items()]


def _replacement(campaign: Campaign, told: dict) -> HomeItem:
    names = {"number": campaign.release.number, "campaign": campaign.name}
    missing = ", ".join(topics_of(told.get("lines", [])))
    return HomeItem(
        title=_("Release %(number)s waits: %(campaign)s") % names,
        detail=_("Still missing: %(what)s") % {"what": missing} if missing else "",
        url=reverse("campaigns:gate", args=[campaign.pk]),
        action=_("See what is open"),
        icon="arrow-left-right",
        tone="care",
        key=f"replacement-{campaign.pk}",
    )


def _submittable(campaigns: QuerySet) -> QuerySet:
    """Drafts that are shared with a reviewer of every region (a hint for lists; the step checks again)."""
    reviews = Review.objects.filter(campaign_region=OuterRef("pk"), invited_at__isnull=False)
    regions = CampaignRegion.objects.filter(campaign=OuterRef("pk"))
    nobody = Review.objects.filter(campaign_region__campaign=OuterRef("pk"), reviewer__isnull=True)
    drafts = campaigns.filter(Exists(regions), state=Preparation.DRAFT, shared_at__isnull=False)
    return drafts.exclude(Exists(regions.exclude(Exists(reviews)))).exclude(Exists(nobody))


@home_sources.register("own_campaigns")
def own_next_steps(user: User, now: datetime) -> list[HomeItem]:
    """The owner's campaigns whose next step is his: put into review, close the evaluation (two queries)."""
    own = Campaign.objects.filter(owner=user)
    found = [
        _own(
            campaign, "submit", _("Ready for review: %(campaign)s"), _("Put into review"), campaign.starts_on
        )
        for campaign in _submittable(own).order_by("starts_on", "pk")[:MOST]
    ]
    over = own.filter(phase=Phase.FINISHED).order_by("ends_on", "pk")[:MOST]
    title, action = _("Close the evaluation: %(campaign)s"), pgettext("evaluation", "Close")
    return found + [_own(campaign, "evaluate", title, action, None) for campaign in over]


def _own(campaign: Campaign, move: str, title: str, action: str, due: object) -> HomeItem:
    url = reverse("campaigns:step", args=[campaign.pk, move])
    return HomeItem(
        title=title % {"campaign": campaign.name},
        detail="",
        url=url,
        # Into review can be taken back; what cannot, or has to be read first, is done on its own page.
        post_url=url if move == "submit" else "",
        action=action,
        icon="send-check" if move == "submit" else "clipboard-data",
        tone="move",
        due=due,
        key=f"{move}-{campaign.pk}",
    )
