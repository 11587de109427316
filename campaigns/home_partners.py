"""Where the team shows elsewhere: the card on the campaign page, and what waits for somebody on Home."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.enums import Role
from accounts.models import User
from accounts.permissions import INVITED
from campaigns.enums import ContributionKind, ContributionState
from campaigns.models import CampaignPartner, Contribution, PartnerReader
from campaigns.panels import Panel, panels
from campaigns.permissions import PLANS, may_edit
from campaigns.services.dossier import Dossier
from campaigns.services.transitions import CLOSED
from campaigns.team import is_over, partnerships, stands_for
from campaigns.team_page import partners_of, waiting_notes
from core.registry import HomeItem, home_sources

MOST, SHOWN = 50, 6
# What fits a row of Home is read there, and taken up with one click; anything longer is opened first.
SHORT = 240
Kind, State = ContributionKind, ContributionState


@panels.register("team")
def team_panel(dossier: Dossier, user: User) -> Panel:
    """Partners, what waits, and channels without an expert (two queries)."""
    rows, notes = partners_of(dossier), waiting_notes(dossier)
    edits, over = may_edit(user, dossier.campaign), is_over(dossier.campaign)
    context = {
        "rows": rows[:SHOWN],
        "more": max(len(rows) - SHOWN, 0),
        "open": len(notes),
        "mine": 0 if over else sum(_waits_for(user, note, edits) for note in notes),
        "missing": sum(row.expert is None or not row.expert.is_active for row in dossier.channels),
        "may_invite": edits and not over,
    }
    return Panel("campaigns/panels/team.html", context, column="side", order=20)


def _waits_for(user: User, note: Contribution, edits: bool) -> bool:
    if note.state == State.GIVEN:
        return edits
    return stands_for(user, note) if note.to else edits


@home_sources.register("contributions")
def contributions_waiting(user: User, now: datetime) -> list[HomeItem]:
    """What this person is asked, and what his campaigns were given or asked (one query)."""
    if not user.rights.has(*INVITED):
        return []
    asked = Q(person=user)
    if user.rights.has(Role.PARTNER) and user.department_id:
        asked |= Q(department=user.department_id)
    waits = Q(asked, state=State.OPEN)
    if user.rights.has(*PLANS):
        mine = Q(campaign__owner=user)
        to_team = Q(state=State.OPEN, department=None, person=None)
        waits |= mine & (to_team | Q(state=State.GIVEN))
    found = Contribution.objects.filter(waits).exclude(campaign__state__in=CLOSED)
    found = found.select_related("campaign", "by", "answered_by").order_by("due_on", "pk")
    return [_given(note) if note.state == State.GIVEN else _asked(note) for note in found[:MOST]]


def _asked(note: Contribution) -> HomeItem:
    title = _("Answer: %(text)s") if note.kind == Kind.QUESTION else _("Contribute: %(text)s")
    detail = _("%(name)s asks, about %(campaign)s") % {"name": note.by, "campaign": note.campaign}
    return HomeItem(
        title=title % {"text": _short(note.text, 120)},
        detail=detail,
        url=_url(note),
        action=pgettext("verb", "Answer"),
        icon="question-lg" if note.kind == Kind.QUESTION else "hand-index",
        tone="move",
        due=note.due_on,
        key=f"contribution-{note.pk}",
    )


def _given(note: Contribution) -> HomeItem:
    said = note.answer or note.text
    whole = len(said) <= SHORT
    words = {"name": note.answered_by, "campaign": note.campaign}
    step = reverse("campaigns:team_step", args=[note.campaign_id, note.pk, "take"])
    return HomeItem(
        title=_("%(name)s contributes to %(campaign)s") % words,
        detail=_short(said, SHORT),
        url=_url(note),
        action=_("Take up") if whole else _("Look"),
        icon="inbox",
        tone="accent",
        due=note.due_on,
        post_url=step if whole else "",
        key=f"contribution-{note.pk}",
    )


def _short(text: str, length: int) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= length else f"{flat[: length - 1]}…"


def _url(note: Contribution) -> str:
    return f"{reverse('campaigns:team', args=[note.campaign_id])}#note-{note.pk}"


@home_sources.register("invitations")
def invitations(user: User, now: datetime) -> list[HomeItem]:
    """Campaigns to which the person or his department is invited, until he has looked (one query)."""
    if not user.rights.has(*INVITED):
        return []
    looked = PartnerReader.objects.filter(campaign=OuterRef("campaign"), person=user, looked_at__isnull=False)
    # Whoever is asked for something finds that instead.
    asked = Contribution.objects.filter(campaign=OuterRef("campaign"), state=State.OPEN)
    asked = asked.filter(Q(person=OuterRef("person")) | Q(department=OuterRef("department")))
    rows = partnerships(user).filter(~Exists(looked), ~Exists(asked))
    rows = rows.exclude(campaign__state__in=CLOSED)
    rows = rows.select_related("campaign", "invited_by").order_by("pk")[:MOST]
    return [_invited(row) for row in {row.campaign_id: row for row in rows}.values()]


def _invited(row: CampaignPartner) -> HomeItem:
    by = _("%(name)s invites you to plan along") % {"name": row.invited_by}
    return HomeItem(
        title=_("Invitation: %(campaign)s") % {"campaign": row.campaign},
        detail=by if row.invited_by else _("You are invited to plan along"),
        url=row.campaign.get_absolute_url(),
        action=_("Look"),
        icon="envelope-open",
        tone="move",
        key=f"invited-{row.campaign_id}",
    )
