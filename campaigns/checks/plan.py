"""What the plan itself still needs before a manager can approve it."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import F, OuterRef, Q
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.enums import Role
from accounts.models import RoleGrant, User
from campaigns.enums import RoundKind
from campaigns.models import Budget, CampaignChannel, CampaignRegion, Flight
from campaigns.readiness import Line, Progress, approval_checks
from campaigns.services.dossier import Dossier
from campaigns.services.limits import within_limit
from campaigns.services.plan_rules import answers_for, day, window
from channels.models import ChannelExpert
from core import formats

# Working days before the first start by which a point should be settled.
DAYS_PLAN, DAYS_EXPERT, DAYS_BUDGET = 15, 12, 10


def first_start(dossier: Dossier) -> date:
    """The day on which the first region starts, the campaign's while it has none."""
    return min((row.starts_on for row in dossier.regions), default=dossier.campaign.starts_on)


def working_days_before(start: date, days: int) -> date:
    """The day that lies `days` working days (Monday to Friday) before `start`."""
    at = start
    while days:
        at -= timedelta(days=1)
        days -= at.weekday() < 5
    return at


def state_of(who: User | None, due: date) -> Progress:
    """Stuck when nobody is responsible (or he has left) or the day has passed, else in work."""
    if who is None or not who.is_active or due < timezone.localdate():
        return Progress.STUCK
    return Progress.IN_WORK


def _url(name: str, dossier: Dossier) -> str:
    try:
        return reverse(name, args=[dossier.campaign.pk])
    except NoReverseMatch:
        return ""


def line(
    dossier: Dossier,
    key: str,
    title: str,
    *,
    done: bool,
    detail: str = "",
    days: int = DAYS_PLAN,
    **more: object,
) -> Line:
    """A line of the owner's, due `days` working days before the first start."""
    due = working_days_before(first_start(dossier), days)
    who = more.pop("who", dossier.campaign.owner)
    if done:
        return Line(key, title, Progress.DONE, detail, who)
    return Line(key, title, state_of(who, due), detail, who, due, **more)


@approval_checks.register("plan")
def plan_lines(dossier: Dossier) -> Iterator[Line]:
    """Goal, regions and channels are named."""
    campaign, edit = dossier.campaign, {"url": _url("campaigns:edit", dossier), "action": _("Edit plan")}
    goal = campaign.goal
    yield line(
        dossier,
        "plan.goal",
        _("The goal is named") if goal else _("No goal is named yet"),
        done=goal is not None,
        detail=str(goal or ""),
        **edit,
    )
    codes = ", ".join(row.region.code for row in dossier.regions)
    yield line(
        dossier,
        "plan.regions",
        _("The regions are named") if codes else _("No region is named yet"),
        done=bool(codes),
        detail=codes,
        **edit,
    )
    named = bool(dossier.channels)
    title = _("The channels are named") if named else _("No channel is named yet")
    yield line(dossier, "plan.channels", title, done=named, **edit)


@approval_checks.register("experts")
def expert_lines(dossier: Dossier) -> Iterator[Line]:
    """Every channel has an active expert who answers for it."""
    links: dict[int, list[ChannelExpert]] = {}
    wanted = [row.channel_id for row in dossier.channels]
    if wanted:
        for link in ChannelExpert.objects.filter(channel__in=wanted):
            links.setdefault(link.channel_id, []).append(link)
    for row in dossier.channels:
        yield _expert_line(dossier, row, links.get(row.channel_id, []))


def _expert_line(dossier: Dossier, row: CampaignChannel, links: list[ChannelExpert]) -> Line:
    problem = _expert_problem(row, links)
    url = f"{_url('campaigns:edit', dossier)}#channel-{row.channel_id}"
    return line(
        dossier,
        f"expert.{row.channel.code}",
        problem or _("%(channel)s has its expert") % {"channel": row.channel},
        done=not problem,
        detail=str(row.expert or "") if not problem else _("Without one its text cannot be confirmed."),
        days=DAYS_EXPERT,
        url=url,
        action=_("Name an expert"),
    )


def _expert_problem(row: CampaignChannel, links: list[ChannelExpert]) -> str:
    names = {"channel": row.channel, "person": row.expert}
    if row.expert is None:
        return _("%(channel)s has no expert yet") % names
    if not row.expert.is_active:
        return _("%(person)s, expert for %(channel)s, has left the company") % names
    if not answers_for(row.expert, links, {carried.region_id for carried in row.regions.all()}):
        return _("%(person)s is no longer an expert for %(channel)s") % names
    return ""


@approval_checks.register("flights")
def flight_lines(dossier: Dossier) -> Iterator[Line]:
    """Every channel carries a region, and no flight lies outside the period of its regions (see `window`)."""
    nowhere, outside = [], []
    for row in dossier.channels:
        regions = list(row.regions.all())
        if not regions:
            nowhere.append(str(row.channel))
        elif _outside(row, list(row.flights.all()), regions):
            outside.append(str(row.channel))
    if not dossier.channels:
        return
    edit = {"url": _url("campaigns:edit", dossier), "action": _("Edit plan"), "days": DAYS_EXPERT}
    if nowhere:
        title = _("Channels that carry no region")
        yield line(dossier, "channels.regions", title, done=False, detail=", ".join(nowhere), **edit)
    title = (
        _("Flights outside the period of their regions") if outside else _("All flights fit their regions")
    )
    yield line(dossier, "flights", title, done=not outside, detail=", ".join(outside), **edit)


def _outside(row: CampaignChannel, flights: list[Flight], regions: list[CampaignRegion]) -> bool:
    first, last = window(row.channel, [(one.starts_on, one.ends_on) for one in regions])
    return any(flight.starts_on < first or flight.ends_on > last for flight in flights)


@approval_checks.register("budget")
def budget_lines(dossier: Dossier) -> Iterator[Line]:
    """The budget is approved and its last round is answered."""
    budget, last = dossier.budget, dossier.budget_round
    yours = {"url": _url("campaigns:budget", dossier), "days": DAYS_BUDGET}
    if budget is None or last is None:
        title = _("No budget is proposed yet")
        yield line(dossier, "budget", title, done=False, action=_("Propose a budget"), **yours)
    elif last.kind == RoundKind.PROPOSAL:
        title = _("The budget of %(amount)s waits for a manager")
        detail = _("Proposed on %(day)s") % {"day": day(last.at)}
        more = {"detail": detail, "who": decider(dossier, last.amount), "action": _("Decide")}
        yield line(dossier, "budget", _sum(title, budget, last.amount), done=False, **more, **yours)
    elif last.kind == RoundKind.COUNTER:
        title = _("The counter-proposal of %(amount)s waits for the owner")
        more = {"detail": last.reason, "action": pgettext("verb", "Answer")}
        yield line(dossier, "budget", _sum(title, budget, last.amount), done=False, **more, **yours)
    elif budget.approved is None:
        more = {"detail": last.reason, "action": _("Propose again")}
        yield line(dossier, "budget", _("The proposed budget was rejected"), done=False, **more, **yours)
    else:
        title = _("The budget of %(amount)s is approved")
        yield line(dossier, "budget", _sum(title, budget, budget.approved), done=True)


def _sum(title: str, budget: Budget, amount: Decimal) -> str:
    return title % {"amount": formats.money(amount, budget.currency)}


def decider(dossier: Dossier, amount: Decimal) -> User | None:
    """A manager of one of the campaign's regions who is not its owner and may approve it, regional first."""
    regions = [row.region_id for row in dossier.regions]
    grants = RoleGrant.objects.filter(role=Role.MANAGER, user__is_active=True)
    grants = grants.filter(Q(region__isnull=True) | Q(region__in=regions)).exclude(
        user=dossier.campaign.owner_id
    )
    grants = grants.filter(within_limit(dossier.budget.currency, amount, OuterRef("user")))
    first = grants.select_related("user").order_by(F("region").asc(nulls_last=True), "user_id").first()
    return first.user if first else None
