from typing import Any

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


def _install_triggers(sender: AppConfig, using: str, **kwargs: Any) -> None:
    """Once per `migrate`: after the last app, when all tables are there."""
    if sender is list(apps.get_app_configs())[-1] or sender.name == "dashboard":
        from core.triggers import install

        install(using)


class CoreConfig(AppConfig):
    name = "core"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        post_migrate.connect(_install_triggers, dispatch_uid="core.install_triggers")
