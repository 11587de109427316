"""What the portfolio warns of: pure functions over facts and limits.

`judge` gives the same warnings whatever the order of what it is given. Every warning has one campaign as its
subject: the one that comes later, or that is one too many when it starts. What a warning about a campaign
says depends only on campaigns that share days with it, so a page may judge as few as it needs.
"""

from bisect import insort
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from hashlib import sha256
from typing import NamedTuple

from dashboard.conflicts import Stretch, meetings, merged
from dashboard.enums import Rule
from dashboard.portfolio.facts import Crew, Limits, Planned, Stay, hull

Keyed = dict[Hashable, list[Stretch]]
# So many other campaigns are named at one place; how many there are is always counted.
NAMED = 12
RANK = {rule: rank for rank, rule in enumerate(Rule)}
CROWDS = (Rule.TARGET, Rule.REGION, Rule.CHANNEL, Rule.EXPERT, Rule.OWNER, Rule.TEAM)


class Spot(NamedTuple):
    """Where and when: `what` is the id of what is loaded (a channel, a team), `count` how many at once."""

    first: date
    last: date
    what: int = 0
    region: int = 0
    code: str = ""
    count: int = 0


class Difference(NamedTuple):
    """A product with its price (`kind` is `price EUR`) or discount in the subject and in the other one."""

    product: str
    kind: str
    mine: str
    theirs: str


@dataclass(frozen=True)
class Warned:
    """One warning. `others` are the campaigns that it is about beside the subject, the earliest first."""

    rule: Rule
    subject: Planned
    spots: tuple[Spot, ...]
    others: tuple[Planned, ...] = ()
    most: int = 0
    differs: Difference | None = None

    @property
    def key(self) -> str:
        """What it is called among the subject's warnings: `target`, `offer-17`."""
        return f"{self.rule.value}-{self.others[0].pk}" if self.rule == Rule.OFFER else self.rule.value

    @property
    def id(self) -> str:
        """What it is called among all warnings."""
        return f"{self.subject.pk}-{self.key}"

    @property
    def main(self) -> Spot:
        """Where it is worst, then earliest."""
        return self.spots[0]

    @property
    def campaigns(self) -> tuple[Planned, ...]:
        """All that it is about, the subject first."""
        return (self.subject, *self.others)

    @cached_property
    def facts(self) -> str:
        """A hash of everything that it says: when that changes, what people said about it counts no more."""
        said = (self.key, self.most, self.spots, self.differs)
        days = tuple((one.pk, one.first, one.last) for one in self.campaigns)
        return sha256(repr((said, days)).encode()).hexdigest()

    @property
    def rank(self) -> tuple:
        """The most serious first, then the earliest, then the worst."""
        return RANK[self.rule], self.main.first, -self.main.count, *self.subject.order, self.key


def judge(
    plans: Iterable[Planned],
    limits: Limits,
    crews: Iterable[Crew] = (),
    *,
    today: date | None = None,
    loads: Mapping[Rule, Keyed] | None = None,
) -> list[Warned]:
    """All warnings, the most serious first; without those that are behind `today`.

    `loads` are the stretches of all campaigns by rule where they have been put together already.
    """
    plans = sorted(plans, key=lambda one: one.order)
    found = [*_short(plans, limits), *_crowds(plans, limits, crews, loads or {})]
    found += [*_overlaps(plans, limits), *_offers(plans, limits)]
    ahead = [one for one in found if today is None or max(spot.last for spot in one.spots) >= today]
    return sorted(ahead, key=lambda one: one.rank)


# --- too short --------------------------------------------------------------------------------------------


def _short(plans: Iterable[Planned], limits: Limits) -> Iterator[Warned]:
    least = limits.shortest_days
    if least is None:
        return
    for plan in plans:
        stays = plan.stays or (Stay(0, "", plan.first, plan.last),)
        spots = [
            Spot(stay.first, stay.last, region=stay.region, code=stay.code, count=days)
            for stay in stays
            if (days := (stay.last - stay.first).days + 1) < least
        ]
        if spots:
            ordered = sorted(spots, key=lambda spot: (spot.count, spot.first, spot.code))
            yield Warned(Rule.SHORT, plan, tuple(ordered), most=least)


# --- too many at once -------------------------------------------------------------------------------------


def stretches_of(rule: Rule, plans: Iterable[Planned], crews: Iterable[Crew] = ()) -> Keyed:
    """Days of campaigns by what they load: (id, region, code); the last two are empty where none counts."""
    found: Keyed = defaultdict(list)
    crews = list(crews)
    for plan in plans:
        for key, first, last in _loads(rule, plan, crews):
            found[key].append(Stretch(first, last, plan.pk, plan))
    return found


Load = tuple[tuple[int, int, str], date, date]


def _loads(rule: Rule, plan: Planned, crews: Sequence[Crew]) -> Iterator[Load]:
    if rule == Rule.OWNER:
        yield (plan.owner, 0, ""), plan.first, plan.last
    elif rule == Rule.EXPERT:
        for user in sorted({one.user for one in plan.bookings}):
            yield (user, 0, ""), *hull((one.first, one.last) for one in plan.bookings if one.user == user)
    elif rule == Rule.TEAM:
        for crew in crews:
            days = hull((stay.first, stay.last) for stay in plan.stays if stay.region in crew.regions)
            if days:
                yield (crew.team, 0, ""), *days
    else:
        yield from _in_regions(rule, plan)


def _in_regions(rule: Rule, plan: Planned) -> Iterator[Load]:
    if rule == Rule.CHANNEL:
        for channel, stay, first, last in airings(plan):
            yield (channel, stay.region, stay.code), first, last
        return
    for stay in plan.stays:
        for what in plan.targets if rule == Rule.TARGET else (stay.region,):
            yield (what, stay.region, stay.code), stay.first, stay.last


def airings(plan: Planned) -> Iterator[tuple[int, Stay, date, date]]:
    """Channel, region and the days on which the channel carries the campaign there."""
    for flight in plan.flights:
        for stay in plan.stays:
            first, last = max(flight.first, stay.first), min(flight.last, stay.last)
            if first <= last and stay.region in flight.regions:
                yield flight.channel, stay, first, last


def limit_of(rule: Rule, limits: Limits) -> int | None:
    """The most campaigns at once that the rule allows; None without a limit."""
    return getattr(limits, f"{rule.value}_most")


def _crowds(
    plans: list[Planned], limits: Limits, crews: Iterable[Crew], loads: Mapping[Rule, Keyed]
) -> Iterator[Warned]:
    crews = list(crews)
    for rule in CROWDS:
        most = limit_of(rule, limits)
        if most is not None:
            yield from _crowd(rule, most, loads.get(rule) or stretches_of(rule, plans, crews))


def _crowd(rule: Rule, most: int, stretches: Keyed) -> Iterator[Warned]:
    """For each campaign that is one too many somewhere, one warning with all these places."""
    spots: dict[int, list[Spot]] = defaultdict(list)
    others: dict[int, dict[int, Planned]] = defaultdict(dict)
    subjects: dict[int, Planned] = {}
    for key, found in stretches.items():
        what, region, code = key
        for one, running, until in too_many(found, most):
            spots[one.who].append(Spot(one.first, until, what, region, code, len(running) + 1))
            others[one.who] |= {other.who: other.item for other in running[:NAMED]}
            subjects[one.who] = one.item
    for pk, found in spots.items():
        worst = sorted(found, key=lambda spot: (-spot.count, spot.first, spot.code, spot.what, spot.last))
        yield Warned(rule, subjects[pk], tuple(worst), _ordered(others[pk].values()), most)


Running = list[Stretch]


def too_many(stretches: Iterable[Stretch], most: int) -> Iterator[tuple[Stretch, Running, date]]:
    """Each stretch that begins while as many as allowed are running already, with those that end last first,
    and the last day on which it is too many.
    """
    running: list[tuple[int, tuple, Stretch]] = []
    for one in sorted(merged(stretches), key=lambda one: (one.first, one.item.order)):
        while running and -running[-1][0] < one.first.toordinal():
            running.pop()
        if len(running) >= most:
            others = [other for _last, _order, other in running]
            yield one, others, min(one.last, others[most - 1].last)
        insort(running, (-one.last.toordinal(), one.item.order, one), key=lambda item: item[:2])


def _ordered(plans: Iterable[Planned]) -> tuple[Planned, ...]:
    return tuple(sorted(plans, key=lambda one: one.order))


# --- the same people on the same channel ------------------------------------------------------------------


def people_of(plans: Iterable[Planned]) -> Keyed:
    """Days by target group, region and channel; campaigns without a flight meet by their own days."""
    found: Keyed = defaultdict(list)
    for plan in plans:
        bare = ((0, stay, stay.first, stay.last) for stay in plan.stays)
        for channel, stay, first, last in airings(plan) if plan.flights else bare:
            for target in plan.targets:
                found[target, stay.region, stay.code, channel].append(Stretch(first, last, plan.pk, plan))
    return found


def _overlaps(plans: list[Planned], limits: Limits) -> Iterator[Warned]:
    """One warning for each campaign that meets earlier ones, with all of them."""
    if limits.shared_days is None:
        return
    spots: dict[int, dict[Spot, Planned]] = defaultdict(dict)
    named = {plan.pk: plan for plan in plans}
    for met in meetings(people_of(plans), limits.shared_days):
        (_target, region, code, channel), days = met.key, (met.first, met.last)
        earlier, later = sorted((met.earlier.item, met.later.item), key=lambda one: one.order)
        spot = Spot(*days, channel, region, code, (days[1] - days[0]).days + 1)
        known = spots[later.pk].setdefault(spot, earlier)
        if earlier.order < known.order:
            spots[later.pk][spot] = earlier
    for pk, found in spots.items():
        worst = sorted(found, key=lambda spot: (-spot.count, spot.first, spot.code, spot.what))
        others = tuple(dict.fromkeys(found[spot] for spot in worst))
        yield Warned(Rule.OVERLAP, named[pk], tuple(worst), others[:NAMED], limits.shared_days)


# --- contradicting offers ---------------------------------------------------------------------------------


def _offers(plans: list[Planned], limits: Limits) -> Iterator[Warned]:
    if not limits.same_offer:
        return
    found: Keyed = defaultdict(list)
    for plan in plans:
        stays = {stay.region: stay for stay in plan.stays}
        for offer in plan.offers:
            if stay := stays.get(offer.region):
                key = (product_key(offer.product), stay.region, stay.code)
                found[key].append(Stretch(stay.first, stay.last, plan.pk, (plan, offer)))
    pairs: dict[tuple[int, int], list[tuple[Spot, Difference]]] = defaultdict(list)
    named = {plan.pk: plan for plan in plans}
    for met in meetings(found):
        (plan, offer), (other, theirs) = sorted(
            (met.earlier.item, met.later.item), key=lambda item: item[0].order, reverse=True
        )
        words = difference(offer.terms, theirs.terms)
        if words:
            spot = Spot(met.first, met.last, region=met.key[1], code=met.key[2])
            pairs[plan.pk, other.pk].append((spot, Difference(offer.product, *words)))
    for (later, earlier), cases in pairs.items():
        cases.sort()
        spots = tuple(dict.fromkeys(spot for spot, _difference in cases))
        yield Warned(Rule.OFFER, named[later], spots, (named[earlier],), differs=cases[0][1])


def product_key(product: str) -> str:
    """The same for the same product, however its name is typed."""
    return " ".join(product.casefold().split())


Terms = tuple[tuple[str, str, str], ...]


def difference(mine: Terms, theirs: Terms) -> tuple[str, str, str] | None:
    """Kind and figures of the first price or discount that differs; None when none does.

    Figures with the same token are compared; without a common one, the only figure of that kind of each.
    """
    kinds = sorted({term[0] for term in mine}, key=lambda kind: (not kind.startswith("price"), kind))
    for kind in kinds:
        own, other = _figures(mine, kind), _figures(theirs, kind)
        common = sorted(own.keys() & other.keys())
        if not common and len(own) == len(other) == 1:
            common, own, other = [""], {"": min(own.values())}, {"": min(other.values())}
        for token in common:
            if own[token] != other[token]:
                return kind, own[token], other[token]
    return None


def _figures(terms: Terms, kind: str) -> Mapping[str, str]:
    return {token: figure for one, token, figure in terms if one == kind}
