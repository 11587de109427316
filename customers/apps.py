from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CustomersConfig(AppConfig):
    name = "customers"
    verbose_name = _("Target groups")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Importing registers the rules about target groups.
        from core.audit import register_verbs
        from customers import rules  # noqa: F401
        from customers.navigation import register
        from customers.verbs import VERBS

        register_verbs(VERBS)
        register()
