"""What waits on Home about customers' questions: to be answered by the team, answered for who asked."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import User
from briefings.models import AskedQuestion, AskedState
from briefings.models.asked import ANSWERING
from briefings.services.asking import askers_link
from campaigns.panels import Panel, panels
from campaigns.services.dossier import Dossier
from core.registry import HomeItem, home_sources

MOST = 20


@home_sources.register("asked")
def to_answer(user: User, now: datetime) -> list[HomeItem]:
    """Open questions that this person may answer, the oldest first (one query, none for others)."""
    if not user.rights.has(*ANSWERING):
        return []
    found = AskedQuestion.objects.visible_to(user).open().select_related("campaign", "region")
    return [_answer_item(one) for one in found.order_by("pk")[:MOST]]


def _answer_item(asked: AskedQuestion) -> HomeItem:
    where = {"region": asked.region.code, "campaign": asked.campaign.name if asked.campaign else ""}
    about = _("A customer's question about “%(campaign)s” (%(region)s)")
    homeless = _("A customer's question (%(region)s), no campaign named")
    return HomeItem(
        title=asked.said if len(asked.said) <= 120 else f"{asked.said[:119]}…",
        detail=(about if asked.campaign else homeless) % where,
        url=asked.get_absolute_url(),
        action=pgettext("verb", "Answer"),
        icon="chat-quote",
        tone="move",
        key=f"asked-{asked.pk}",
    )


@home_sources.register("asked_answered")
def answered(user: User, now: datetime) -> list[HomeItem]:
    """Answers that the asker has not looked at (one query)."""
    found = AskedQuestion.objects.filter(asker=user, seen_at=None).exclude(state=AskedState.OPEN)
    return [_answered_item(one) for one in found.order_by("answered_at", "pk")[:MOST]]


def _answered_item(asked: AskedQuestion) -> HomeItem:
    done = asked.state == AskedState.ANSWERED
    return HomeItem(
        title=str(asked),
        detail=_("Your question is answered") if done else _("Your question was declined"),
        url=askers_link(asked),
        action=_("See"),
        icon="chat-quote",
        tone="good" if done else "neutral",
        key=f"asked-answered-{asked.pk}",
    )


@panels.register("asked")
def asked_panel(dossier: Dossier, user: User) -> Panel | None:
    """How many questions of this campaign wait; nothing while there are none (one query)."""
    waiting = AskedQuestion.objects.visible_to(user).open().filter(campaign=dossier.campaign).count()
    return (
        Panel("briefings/asked/panel.html", {"waiting": waiting}, column="side", order=5) if waiting else None
    )
