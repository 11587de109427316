from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class KpisConfig(AppConfig):
    name = "kpis"
    verbose_name = _("KPIs")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Importing registers the approval check and the tiles of the campaign page.
        from accounts.permissions import PLANNING
        from core import audit
        from core.navigation import register_nav
        from kpis import (
            checks,  # noqa: F401
            copied,  # noqa: F401
            document,  # noqa: F401
            goals,  # noqa: F401
            panels,  # noqa: F401
            verbs,
        )

        audit.register_verbs(verbs.VERBS)
        register_nav(
            "kpis",
            _("KPIs"),
            "graph-up",
            "kpis:list",
            order=60,
            allowed=lambda user: user.rights.has(*PLANNING),
        )
