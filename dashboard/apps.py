from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DashboardConfig(AppConfig):
    name = "dashboard"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts.permissions import CAMPAIGN_READERS, PLANNING
        from core import audit
        from core.demo import sign_ins as registry
        from core.navigation import register_nav
        from dashboard import verbs
        from dashboard.demo import sign_ins
        from dashboard.portfolio import (
            panel,  # noqa: F401 - registers the card of the campaign page
            rules,  # noqa: F401 - registers what a person may do
        )

        audit.register_verbs(verbs.VERBS, words=verbs.WORDS)
        registry.register("company")(sign_ins)
        register_nav("home", _("Home"), "house", "home", badge_key="home", order=10, tab=1)
        register_nav(
            "portfolio",
            _("Portfolio"),
            "grid-3x3-gap",
            "portfolio",
            order=24,
            allowed=lambda user: user.rights.has(*PLANNING),
        )
        register_nav(
            "calendar",
            _("Calendar"),
            "calendar3",
            "calendar",
            order=30,
            tab=4,
            allowed=lambda user: user.rights.has(*CAMPAIGN_READERS),
        )
