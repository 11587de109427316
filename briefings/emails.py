"""Mails of this app: the briefing itself (rendered when it goes out), reminders and notices."""

from datetime import date

from django.urls import reverse

from accounts.models import Team, User
from briefings.models import BriefingVersion, Delivery
from briefings.services.recipients import is_entitled
from campaigns.models import CampaignRegion
from core.delivery.letters import Letter, compose
from core.delivery.routes import register_route
from core.emails import absolute, queue_mail, render_mail


def letter(delivery: Delivery) -> Letter:
    """The mail of one delivery, in the person's language; it leads to the page and confirms nothing."""
    version, user = delivery.version, delivery.user
    link = absolute(reverse("briefings:read", args=[version.briefing_id]))
    parts = render_mail(
        user, "briefings/email/briefing", {"version": version, "c": version.content, "link": link}
    )
    return compose(name=str(user), address=user.email, message_id=delivery.message_id, **parts)


def still_entitled(delivery: Delivery) -> bool:
    """Asked by the engine with the row locked, immediately before the mail is handed over."""
    return is_entitled(delivery.user_id, delivery.version)


def register() -> None:
    """Hand briefings to the delivery engine."""
    register_route(
        Delivery,
        render=letter,
        entitled=still_entitled,
        related=("user", "version__briefing__campaign", "version__briefing__campaign_region__region"),
    )


def remind(version: BriefingVersion, user: User, day: date) -> None:
    """Remind a person once a day at the most."""
    link = absolute(reverse("briefings:read", args=[version.briefing_id]))
    queue_mail(
        key=f"briefing-reminder:{version.pk}:{user.pk}:{day}",
        to=user,
        template="briefings/email/reminder",
        context={"version": version, "c": version.content, "link": link},
    )


def tell_lead(version: BriefingVersion, team: Team, lead: User, missing: list[User], day: date) -> None:
    """Tell a team's lead who has not confirmed, once a day at the most."""
    link = absolute(reverse("briefings:team_status", args=[version.briefing_id]))
    queue_mail(
        key=f"briefing-lead:{version.pk}:{team.pk}:{lead.pk}:{day}",
        to=lead,
        template="briefings/email/lead",
        context={"version": version, "c": version.content, "team": team, "missing": missing, "link": link},
    )


def tell_running(campaign_region: CampaignRegion, user: User, what: str, occasion: str) -> None:
    """Tell a person that a campaign started, paused or ended; `occasion` makes each one unique."""
    queue_mail(
        key=f"running:{campaign_region.pk}:{what}:{occasion}:{user.pk}",
        to=user,
        template=f"briefings/email/{what}",
        context={
            "campaign": campaign_region.campaign,
            "region": campaign_region.region,
            "link": absolute(reverse("desk:now")),
        },
    )
