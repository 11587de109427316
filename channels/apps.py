from django.apps import AppConfig


class ChannelsConfig(AppConfig):
    name = "channels"
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
