"""What campaigns wanted of their KPIs and what has come of it, for the lines of the portfolio."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from campaigns.enums import Phase
from campaigns.goal_figures import measured_for
from core import formats
from dashboard.portfolio.overview import Row
from kpis.enums import Direction, Unit
from kpis.models import Target

BEGUN = (Phase.LIVE, Phase.PAUSED, Phase.FINISHED, Phase.EVALUATED)


@dataclass(frozen=True)
class Result:
    """The first target of a campaign; `actual` is empty as long as nothing was measured."""

    name: str
    target: str
    actual: str
    good: bool
    more: int

    @property
    def measured(self) -> bool:
        """Whether there is a figure."""
        return bool(self.actual)


def results_for(rows: Iterable[Row]) -> dict[int, Result]:
    """By campaign: its first target, one with a figure before others (one query and one per source)."""
    shown = {row.pk: row for row in rows}
    targets: dict[int, list[Target]] = {}
    found = Target.objects.filter(campaign__in=shown, value__isnull=False).select_related("kpi")
    for target in found.order_by("kpi__code"):
        targets.setdefault(target.campaign_id, []).append(target)
    begun = [pk for pk in targets if shown[pk].phase in BEGUN]
    values = measured_for(begun)
    return {pk: _result(shown[pk], own, values.get(pk, {})) for pk, own in targets.items()}


def _result(row: Row, targets: list[Target], values: dict[str, Decimal]) -> Result:
    first = next((one for one in targets if one.kpi.code in values), targets[0])
    actual = values.get(first.kpi.code)
    down = first.kpi.direction == Direction.DOWN
    good = actual is not None and (actual <= first.value if down else actual >= first.value)
    currency = row.money.currency if row.money else "EUR"
    return Result(
        name=str(first.kpi),
        target=_words(first, first.value, currency),
        actual="" if actual is None else _words(first, actual, currency),
        good=good,
        more=len(targets) - 1,
    )


def _words(target: Target, value: Decimal, currency: str) -> str:
    if target.kpi.unit == Unit.MONEY:
        return formats.money(value.normalize(), currency)
    return formats.percent(value, 2) if target.kpi.unit == Unit.PERCENT else formats.number(value, 4)
