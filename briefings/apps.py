from django.apps import AppConfig


class BriefingsConfig(AppConfig):
    name = "briefings"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from briefings import checks, emails  # noqa: F401 - importing checks registers them

        emails.register()
