"""What a plan must not say. Each problem names its place, so that a form shows it at the field.

Places: "starts_on", "region.<region id>.starts_on", "channel.<channel id>.flights" and so on.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from itertools import pairwise

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import Region, User
from campaigns.enums import Preparation, Running
from campaigns.models import Campaign, CampaignRegion
from campaigns.permissions import PLANS
from campaigns.services.plan_data import ZERO, ChannelPlan, Period, Plan, RegionPlan
from channels.models import Channel, ChannelExpert
from core import formats

OPEN_STATES = (Preparation.DRAFT, Preparation.IN_REVIEW)
Problem = tuple[str, str]


class PlanLocked(ValidationError):
    """The plan is approved or closed; it changes only by starting a change."""

    def __init__(self) -> None:
        super().__init__(
            _("This plan is approved and stays as it is. Start a change to work on a new version."),
            code="locked",
        )


def is_open(campaign: Campaign) -> bool:
    """True while the plan may be edited directly."""
    return campaign.state in OPEN_STATES


def check_plan(plan: Plan, *, by: User, campaign: Campaign | None = None) -> None:
    """Raise ValidationError with the problems by place, if there are any."""
    found: dict[str, list[str]] = {}
    for place, words in plan_problems(plan, by=by, campaign=campaign):
        found.setdefault(place, []).append(words)
    if found:
        raise ValidationError(found)


def plan_problems(plan: Plan, *, by: User, campaign: Campaign | None = None) -> Iterator[Problem]:
    """Every problem of the plan, seen by the person who saves it."""
    rows = [] if campaign is None or campaign.pk is None else list(campaign.regions.select_related("region"))
    now = {row.region_id: row for row in rows}
    if plan.ends_on < plan.starts_on:
        yield "ends_on", _("The end is before the start on %(day)s.") % {"day": day(plan.starts_on)}
        return
    yield from _foreign(plan, by, now)
    for row in plan.regions:
        yield from _region_problems(plan, row, now.get(row.region.pk))
    yield from _lost_regions(plan, now)
    experts = expert_links(plan)
    for channel in plan.channels:
        yield from _channel_problems(plan, channel, experts)


def day(value: date) -> str:
    """A date in the reader's language."""
    return formats.short_date(value)


def _foreign(plan: Plan, by: User, now: dict[int, CampaignRegion]) -> Iterator[Problem]:
    """Regions that the person changes without a right in them."""
    allowed = by.rights.regions(*PLANS)
    if allowed is None:
        return
    planned = {row.region.pk: row for row in plan.regions}
    for key in planned.keys() | now.keys():
        if key not in allowed and not _same(planned.get(key), now.get(key)):
            yield (
                f"region.{key}.use",
                _("You do not plan campaigns in %(region)s.") % {"region": _name(planned, now, key)},
            )


def _name(planned: dict[int, RegionPlan], now: dict[int, CampaignRegion], key: int) -> Region:
    return (planned.get(key) or now[key]).region


def _same(planned: RegionPlan | None, row: CampaignRegion | None) -> bool:
    if planned is None or row is None:
        return False
    return (planned.starts_on, planned.ends_on) == (row.starts_on, row.ends_on)


def _region_problems(plan: Plan, row: RegionPlan, now: CampaignRegion | None) -> Iterator[Problem]:
    place = f"region.{row.region.pk}"
    if row.ends_on < row.starts_on:
        yield f"{place}.ends_on", _("The end is before the start on %(day)s.") % {"day": day(row.starts_on)}
        return
    if row.starts_on < plan.starts_on:
        words = _("The campaign starts only on %(day)s.") % {"day": day(plan.starts_on)}
        yield f"{place}.starts_on", words
    if row.ends_on > plan.ends_on:
        words = _("The campaign already ends on %(day)s.") % {"day": day(plan.ends_on)}
        yield f"{place}.ends_on", words
    if now and now.running != Running.WAITING and now.starts_on != row.starts_on:
        yield f"{place}.starts_on", _("It has started here; the first day stays as it is.")


def _lost_regions(plan: Plan, now: dict[int, CampaignRegion]) -> Iterator[Problem]:
    kept = {row.region.pk for row in plan.regions}
    for key, row in now.items():
        if key not in kept and row.running != Running.WAITING:
            words = _("%(region)s has started and cannot be removed.") % {"region": row.region}
            yield f"region.{key}.use", words


Experts = dict[int, list[ChannelExpert]]


def expert_links(plan: Plan) -> Experts:
    """Links of the active experts of the plan's channels, by channel id."""
    links: Experts = {}
    wanted = [row.channel.pk for row in plan.channels]
    for link in ChannelExpert.objects.filter(channel__in=wanted, user__is_active=True):
        links.setdefault(link.channel_id, []).append(link)
    return links


def answers_for(expert: User, links: list[ChannelExpert], region_ids: set[int]) -> bool:
    """True if the person is an expert of the channel everywhere, or in one of the regions it carries."""
    return any(
        link.user_id == expert.pk
        and (link.region_id is None or not region_ids or link.region_id in region_ids)
        for link in links
    )


def _channel_problems(plan: Plan, row: ChannelPlan, experts: Experts) -> Iterator[Problem]:
    place = f"channel.{row.channel.pk}"
    carried = plan.carried(row)
    if row.regions and not carried:
        names = ", ".join(region.code for region in row.regions)
        words = _("It carries only %(names)s, which is no part of this campaign.") % {"names": names}
        yield f"{place}.regions", words
    if row.expert:
        ids = {item.region.pk for item in carried}
        if not answers_for(row.expert, experts.get(row.channel.pk, []), ids):
            params = {"person": row.expert, "channel": row.channel}
            yield f"{place}.expert", _("%(person)s is no active expert for %(channel)s here.") % params
    periods = [(item.starts_on, item.ends_on) for item in carried]
    inside = window(row.channel, periods) if periods else (plan.starts_on, plan.ends_on)
    shared = row.channel.at_once and len(carried) > 1
    last = max(carried, key=lambda item: item.starts_on).region if shared else None
    for words in flight_problems(row.flights, inside, last):
        yield f"{place}.flights", words


def window(channel: Channel, periods: Iterable[Period]) -> Period:
    """When a channel may carry: from the start of the first of its regions to the latest end.

    One that reaches all of them at once must not reach one that has not started: it waits for the last.
    """
    starts, ends = zip(*periods, strict=True)
    return (max if channel.at_once else min)(starts), max(ends)


def flight_problems(flights: tuple[Period, ...], inside: Period, last: Region | None) -> Iterator[str]:
    """What is wrong with the flights of one channel; `last` of those it reaches at once, if any."""
    for starts_on, ends_on in flights:
        if ends_on < starts_on:
            yield _("A flight ends before it starts on %(day)s.") % {"day": day(starts_on)}
        elif starts_on < inside[0]:
            params = {"flight": day(starts_on), "day": day(inside[0]), "region": last}
            words = _("A flight starts on %(flight)s, before its region starts on %(day)s.")
            if last:
                words = _("A flight starts on %(flight)s, but %(region)s, which it reaches too, on %(day)s.")
            yield words % params
        elif ends_on > inside[1]:
            params = {"flight": day(ends_on), "day": day(inside[1])}
            yield _("A flight ends on %(flight)s, after its region ends on %(day)s.") % params
    ordered = sorted(flights)
    for before, after in pairwise(ordered):
        if after[0] <= before[1]:
            yield _("Two flights overlap on %(day)s.") % {"day": day(after[0])}


def too_much(
    amount: Decimal, wanted: dict[int, Decimal], before: dict[int, Decimal], currency: str
) -> tuple[int, str] | None:
    """Which of the wanted allocations takes more than `amount` leaves, and in words by how much.

    It is the one that grew most. None when all fit.
    """
    missing = sum(wanted.values(), ZERO) - amount
    if missing <= 0:
        return None
    key = max(wanted, key=lambda item: (wanted[item] - before.get(item, ZERO), wanted[item]))
    params = {
        "missing": formats.money(missing, currency),
        "most": formats.money(max(wanted[key] - missing, ZERO), currency),
    }
    return key, _("%(missing)s are missing. At most %(most)s are possible.") % params
