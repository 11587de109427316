from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChannelsConfig(AppConfig):
    name = "channels"
    verbose_name = _("Channels")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Importing registers the rules about channels.
        from channels import rules  # noqa: F401
        from channels.navigation import register
        from channels.verbs import EXPERT_WORDS, EXPERTS, VERBS
        from core.audit import register_verbs

        register_verbs(VERBS)
        register_verbs(EXPERTS, words=EXPERT_WORDS)
        register()
