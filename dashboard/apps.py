from django.apps import AppConfig


class DashboardConfig(AppConfig):
    name = "dashboard"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from core.demo import sign_ins as registry
        from dashboard.demo import sign_ins

        registry.register("company")(sign_ins)
