"""The card about warnings on the campaign page; it comes after the page, since it looks at many campaigns."""

from accounts.models import User
from accounts.permissions import can
from campaigns.panels import Panel, panels
from campaigns.services.dossier import Dossier
from dashboard.conflicts import OVER


@panels.register("load")
def load_panel(dossier: Dossier, user: User) -> Panel | None:
    """For planners, until the campaign is over."""
    if dossier.campaign.phase in OVER or not can(user, "portfolio.see"):
        return None
    return Panel("dashboard/portfolio/panel.html", order=15)
