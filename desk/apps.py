from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DeskConfig(AppConfig):
    name = "desk"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from core.navigation import register_nav
        from desk import keeping  # noqa: F401 - the search index follows what is in force
        from desk.reach import may_open

        register_nav(
            "desk", _("Running now"), "headset", "desk:now", "service", allowed=may_open, order=10, tab=3
        )
