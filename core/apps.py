from typing import Any

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _


def _install_triggers(sender: AppConfig, using: str, **kwargs: Any) -> None:
    """Once per `migrate`: after the last app, when all tables are there."""
    with_models = [config for config in apps.get_app_configs() if config.models_module]
    if sender is with_models[-1]:
        from core.triggers import install

        install(using)


def _drop_triggers(sender: AppConfig, using: str, plan: list[Any], **kwargs: Any) -> None:
    """Before the first app, and only if there is something to migrate."""
    if plan and sender is next(config for config in apps.get_app_configs() if config.models_module):
        from core.triggers import drop_for_migration

        drop_for_migration(using)


class CoreConfig(AppConfig):
    name = "core"
    verbose_name = _("Records")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Importing registers the route of outgoing mail, and how the audit log says decisions on deliveries.
        from anymail.signals import tracking

        from core import emails  # noqa: F401
        from core.delivery import bounces, decisions  # noqa: F401
        from core.names import name_models

        name_models()
        tracking.connect(bounces.take_event, dispatch_uid="core.take_event")
        pre_migrate.connect(_drop_triggers, dispatch_uid="core.drop_triggers")
        post_migrate.connect(_install_triggers, dispatch_uid="core.install_triggers")
