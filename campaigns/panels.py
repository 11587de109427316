"""Cards on the campaign page: this app and higher ones register theirs at start-up.

    @panels.register("briefing")
    def briefing_panel(dossier: Dossier, user: User) -> Panel | None:
        return Panel("briefings/partials/campaign_panel.html", {"share": ...}, column="half")

A panel is cheap: it uses the Dossier and at most two queries of its own, however many rows there are. None
shows nothing. Its template gets what `context` holds (under its own names), `campaign` and `user`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from core.registry import Registry

if TYPE_CHECKING:
    from accounts.models import User
    from campaigns.services.dossier import Dossier

# half: beside the budget card; main: full width; side: the column at the right.
COLUMNS = ("half", "main", "side")


@dataclass(frozen=True)
class Panel:
    """A card; `order` sorts within its column, the app's own cards stand at 10, 20, 30 …"""

    template: str
    context: dict[str, Any] = field(default_factory=dict)
    column: str = "main"
    order: int = 50


panels: "Registry[Callable[[Dossier, User], Panel | None]]" = Registry()


def panels_for(dossier: "Dossier", user: "User") -> dict[str, list[Panel]]:
    """The panels by column, sorted."""
    found: dict[str, list[Panel]] = {column: [] for column in COLUMNS}
    for make in panels:
        panel = make(dossier, user)
        if panel is not None:
            found[panel.column].append(panel)
    return {column: sorted(items, key=lambda panel: panel.order) for column, items in found.items()}
