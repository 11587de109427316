from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BriefingsConfig(AppConfig):
    name = "briefings"
    verbose_name = _("Briefings")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Importing registers checks, panels, hooks, rules and what waits on Home.
        from briefings import checks, copied, emails, home, home_asked, panels, permissions, verbs  # noqa: F401
        from briefings.services import keeping, notices  # noqa: F401
        from core import audit, formats
        from core.navigation import register_nav

        emails.register()
        audit.register_verbs(verbs.VERBS, words={"people": formats.number})
        register_nav(
            "briefings",
            _("Briefings"),
            "journal-check",
            "briefings:inbox",
            "service",
            badge_key="briefings",
            order=20,
            tab=4,
        )
        register_nav(
            "questions",
            _("Customers' questions"),
            "chat-quote",
            "briefings:asked",
            "service",
            allowed=permissions.may_answer,
            badge_key="asked",
            order=30,
        )
        register_nav(
            "briefing_templates",
            _("Briefing templates"),
            "bookmark",
            "briefings:templates",
            "base",
            allowed=permissions.may_write_templates,
            order=50,
        )
