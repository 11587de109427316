"""The tiles of the campaign page: what its KPIs are to reach."""

from accounts.models import User
from campaigns.panels import Panel, panels
from campaigns.services.dossier import Dossier
from core import formats
from kpis.checks import targets_of
from kpis.enums import Direction, Unit
from kpis.models import Target

SHOWN = 4


def target_words(target: Target, currency: str) -> str:
    """The value in its unit and the reader's language, `–` while it is open."""
    if target.value is None:
        return "–"
    value = target.value.normalize()
    if target.kpi.unit == Unit.MONEY:
        return formats.money(value, currency)
    if target.kpi.unit == Unit.PERCENT:
        return formats.percent(value, 2)
    return formats.number(value, 4)


@panels.register("kpis")
def kpi_panel(dossier: Dossier, user: User) -> Panel | None:
    """Up to four targets; nothing while none is named (the readiness list asks for them)."""
    targets = targets_of(dossier)
    if not targets:
        return None
    currency = dossier.budget.currency if dossier.budget else "EUR"
    tiles = [
        {
            "target": target,
            "value": target_words(target, currency),
            "down": target.kpi.direction == Direction.DOWN,
        }
        for target in targets[:SHOWN]
    ]
    return Panel("kpis/partials/tiles.html", {"tiles": tiles, "total": len(targets)}, order=20)
