from importlib import import_module
from pkgutil import iter_modules

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CampaignsConfig(AppConfig):
    name = "campaigns"
    verbose_name = _("Campaigns")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Importing registers: rules of access, launch and approval checks, panels of the campaign page.
        from accounts.enums import Role
        from accounts.permissions import CAMPAIGN_READERS
        from campaigns import (
            checks,
            copied,  # noqa: F401
            home_budget,  # noqa: F401
            home_decisions,  # noqa: F401
            home_message,  # noqa: F401
            home_partners,  # noqa: F401
            home_review,  # noqa: F401
            life,  # noqa: F401
            origin,  # noqa: F401
            panels,  # noqa: F401
            permissions,  # noqa: F401
            rollout,  # noqa: F401
            team,  # noqa: F401
            touchpoint_card,  # noqa: F401
            verbs,
        )
        from campaigns.document import own  # noqa: F401 - parts of the plan as a document
        from campaigns.services import (
            partners,  # noqa: F401 - hears what happens to a campaign
            review,  # noqa: F401 - asks again when the message changes
        )
        from core import audit
        from core.navigation import register_nav

        for module in iter_modules(checks.__path__):
            import_module(f"campaigns.checks.{module.name}")
        audit.register_verbs(verbs.PLANNING)
        audit.register_verbs(verbs.MONEY)
        audit.register_verbs(verbs.STRATEGY, words={"column": verbs.column_word})
        audit.register_verbs(verbs.LIFE, clock=verbs.CLOCK)
        register_nav(
            "campaigns",
            _("Campaigns"),
            "megaphone",
            "campaigns:list",
            order=20,
            tab=2,
            allowed=lambda user: user.rights.has(*CAMPAIGN_READERS),
        )
        register_nav(
            "reviews",
            _("Regional review"),
            "translate",
            "campaigns:review_inbox",
            "service",
            allowed=lambda user: user.rights.has(Role.REVIEWER),
            badge_key="reviews",
            order=30,
        )
        _register_planning()


def _register_planning() -> None:
    """Strategy, themes and decisions in the menu."""
    from accounts.enums import Role
    from accounts.permissions import CAMPAIGN_READERS
    from core.navigation import register_nav

    plans = {"allowed": lambda user: user.rights.has(*CAMPAIGN_READERS)}
    register_nav("strategy", _("Strategy"), "compass", "strategy:list", order=12, **plans)
    register_nav("themes", _("Themes"), "kanban", "themes:board", order=14, **plans)
    register_nav(
        "decisions",
        _("Decisions"),
        "signpost-split",
        "decisions:list",
        order=26,
        allowed=lambda user: user.rights.has(*CAMPAIGN_READERS, Role.TEAM_LEAD),
    )
