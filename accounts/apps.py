from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("People and teams")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Importing registers the check of the table of permissions, the rules, and what follows bounces.
        from accounts import checks, rules  # noqa: F401
        from accounts.navigation import register
        from accounts.services import notifications  # noqa: F401
        from accounts.verbs import ALONE, ROLE_WORDS, ROLES, VERBS
        from core.audit import register_verbs

        register_verbs(VERBS, clock={verb: VERBS[verb] for verb in ALONE})
        register_verbs(ROLES, words=ROLE_WORDS)
        register()
