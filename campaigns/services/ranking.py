"""Which channels matter most for target groups, in points that say how they came about.

Preference, 0 to 100, from what people wrote down about the groups (customers.ChannelUse, levels 0 to 3):

    use(g, c, p)   = level / 3 of group g for channel c in phase p of the journey; 0 where nobody has said
    points(g, c)   = 100 * (the highest use over all phases + the mean use over all phases) / 2
    preference(c)  = mean of points(g, c) over the groups chosen

So one strong phase counts for half, being of use all along the journey for the other half, and every group as
much as any other.

Results, -20 to +20, from earlier campaigns for the same groups (services.scenarios.experience): for each KPI
that at least `scenarios.ENOUGH` of them have measured on this channel and on another one,

    place(k, c)    = (value per unit of money - least) / (most - least) among the channels measured
    results(c)     = 20 * (2 * mean of place(k, c) over the KPIs - 1)

0 where too few have measured: what nobody knows moves nothing. Points are preference plus results, rounded
and kept between 0 and 100. From RELEVANT points on a channel may not be left out in silence.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.services.scenarios import ENOUGH, NOTHING_KNOWN, Experience
from channels.models import Channel, JourneyPhase
from core import formats
from customers.enums import Level
from customers.models import ChannelUse, TargetGroup

# What a single "often" of a single group gives in five phases: 100 * (2/3 + 2/15) / 2.
RELEVANT = 40
WEIGHT = 20
HUNDRED = Fraction(100)
# By (group id, phase id).
Levels = Mapping[tuple[int, int], int]


@dataclass(frozen=True)
class Rank:
    """The points of a channel with their parts, and the sentences that say why.

    `measured`: whether earlier campaigns measured enough to count; `experience` says what they tell.
    """

    channel: Channel
    preference: int
    results: int
    why: list[str] = field(default_factory=list)
    experience: list[str] = field(default_factory=list)
    measured: bool = False

    @property
    def points(self) -> int:
        """Both parts together, 0 to 100."""
        return max(0, min(100, self.preference + self.results))

    @property
    def relevant(self) -> bool:
        """Whether leaving it out needs a reason."""
        return self.points >= RELEVANT

    @property
    def sum(self) -> str:
        """How the points add up."""
        if not self.measured:
            return _("Preference %(preference)d") % {"preference": self.preference}
        params = {"preference": self.preference, "results": f"{self.results:+d}".replace("-", "\u2212")}
        return _("Preference %(preference)d, results %(results)s") % params


def ranked(
    channels: Iterable[Channel],
    groups: list[TargetGroup],
    phases: list[JourneyPhase],
    uses: Iterable[ChannelUse],
    earlier: Mapping[int, Experience],
) -> list[Rank]:
    """The channels, best first; `uses` are those of the groups, `earlier` is by channel id. No queries."""
    by_channel: dict[int, dict[tuple[int, int], int]] = {}
    for one in uses:
        by_channel.setdefault(one.channel_id, {})[one.group_id, one.phase_id] = one.level
    places = _places(earlier)
    found = [
        _rank(
            channel,
            groups,
            phases,
            by_channel.get(channel.pk, {}),
            earlier.get(channel.pk, NOTHING_KNOWN),
            places.get(channel.pk, {}),
        )
        for channel in channels
    ]
    return sorted(found, key=lambda rank: -rank.points)


def _rank(
    channel: Channel,
    groups: list[TargetGroup],
    phases: list[JourneyPhase],
    levels: Levels,
    earlier: Experience,
    places: dict[str, tuple[Fraction, int, int]],
) -> Rank:
    return Rank(
        channel,
        preference(groups, phases, levels),
        result_points(places),
        why=_preference_words(groups, phases, levels),
        experience=_result_words(earlier, places),
        measured=bool(places),
    )


def preference(groups: list[TargetGroup], phases: list[JourneyPhase], levels: Levels) -> int:
    """Points from what the groups use, 0 to 100."""
    if not groups or not phases:
        return 0
    total = Fraction(0)
    for group in groups:
        use = [Fraction(levels.get((group.pk, phase.pk), 0), max(Level.values)) for phase in phases]
        total += HUNDRED * (max(use) + sum(use) / len(use)) / 2
    return round(total / len(groups))


def result_points(places: dict[str, tuple[Fraction, int, int]]) -> int:
    """Points from what earlier campaigns measured, -20 to 20."""
    if not places:
        return 0
    mean = sum((share for share, _place, _all in places.values()), Fraction(0)) / len(places)
    return round(WEIGHT * (2 * mean - 1))


def _places(earlier: Mapping[int, Experience]) -> dict[int, dict[str, tuple[Fraction, int, int]]]:
    """Channel id -> KPI -> (share of the way from least to most, place, of how many)."""
    values: dict[str, dict[int, Fraction]] = {}
    for channel, known in earlier.items():
        for kpi, per in known.per_unit.items():
            values.setdefault(kpi, {})[channel] = Fraction(per)
    found: dict[int, dict[str, tuple[Fraction, int, int]]] = {}
    for kpi, by_channel in values.items():
        least, most = min(by_channel.values()), max(by_channel.values())
        if least == most:
            continue
        order = sorted(by_channel.values(), reverse=True)
        for channel, value in by_channel.items():
            place = (value - least) / (most - least), order.index(value) + 1, len(order)
            found.setdefault(channel, {})[kpi] = place
    return found


def _preference_words(groups: list[TargetGroup], phases: list[JourneyPhase], levels: Levels) -> list[str]:
    """Which groups use it how much and when; sometimes only where nothing more can be said."""
    sentences = {
        Level.FIRST: _("First choice in %(phases)s (%(groups)s)"),
        Level.OFTEN: _("Often used in %(phases)s (%(groups)s)"),
        Level.SOMETIMES: _("Sometimes used in %(phases)s (%(groups)s)"),
    }
    found = []
    for level, sentence in sentences.items():
        named = {pair for pair, value in levels.items() if value == level}
        when = [str(phase) for phase in phases if any(pair[1] == phase.pk for pair in named)]
        who = [str(group) for group in groups if any(pair[0] == group.pk for pair in named)]
        if when and who and not (found and level == Level.SOMETIMES):
            found.append(sentence % {"phases": ", ".join(when), "groups": ", ".join(who)})
    if found:
        return found
    return [_("Never used by these groups") if levels else _("Nobody has said whether these groups use it")]


def _result_words(earlier: Experience, places: dict[str, tuple[Fraction, int, int]]) -> list[str]:
    """What earlier campaigns tell, and honestly what they do not."""
    if places:
        words = _("%(kpi)s per amount spent: place %(place)d of %(all)d channels in earlier campaigns")
        return [
            words % {"kpi": kpi, "place": place, "all": of} for kpi, (_share, place, of) in places.items()
        ]
    if earlier.campaigns >= ENOUGH:
        words = ngettext(
            "%(number)s earlier campaign used it, but no results are comparable",
            "%(number)s earlier campaigns used it, but no results are comparable",
            earlier.campaigns,
        )
        return [words % {"number": formats.number(earlier.campaigns)}]
    if earlier.campaigns:
        words = ngettext(
            "Only %(number)s earlier campaign used it: too few to count",
            "Only %(number)s earlier campaigns used it: too few to count",
            earlier.campaigns,
        )
        return [words % {"number": formats.number(earlier.campaigns)}]
    return [_("No earlier campaign for these groups has results for it")]
