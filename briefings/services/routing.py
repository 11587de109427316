"""Which way a briefing goes to a person: as he wishes now. It lies in his inbox in any case."""

from django.db.models import Exists, OuterRef, QuerySet

from accounts.enums import BriefingWay
from accounts.hooks import notifications_changed
from accounts.models import NotificationSettings, User
from briefings.models import Delivery
from core.delivery.decisions import cancel, queue_again, reroute

ROUTES = ("mail", "chat")


def routes() -> dict[int, str]:
    """The way of everybody who does not simply get mail, by person (one query)."""
    others = NotificationSettings.objects.exclude(briefings=BriefingWay.MAIL)
    return {wishes.user_id: wishes.briefing_route for wishes in others}


def _wants(way: BriefingWay) -> Exists:
    wishes = NotificationSettings.objects.filter(user=OuterRef("user"), briefings=way)
    if way == BriefingWay.CHAT:
        wishes = wishes.filter(chat_failed_at=None).exclude(chat_url="")
    return Exists(wishes)


def follow_wishes(deliveries: QuerySet[Delivery]) -> int:
    """What waits or is withheld takes the way that its person wishes now; number of rows.

    Whoever wants to be told in Einklang only gets no message: what waits for him is cancelled.
    """
    chat, app = _wants(BriefingWay.CHAT), _wants(BriefingWay.APP)
    changed = reroute(deliveries.filter(chat), "chat")
    changed += reroute(deliveries.filter(~chat, ~app), "mail")
    return changed + cancel(deliveries.filter(app))


def queue_returned(deliveries: QuerySet[Delivery]) -> int:
    """What was withheld is due again, on the way that its person wishes now; number of rows."""
    follow_wishes(deliveries)
    wanted = deliveries.filter(~_wants(BriefingWay.APP))
    return sum(queue_again(wanted, route) for route in ROUTES)


@notifications_changed.register("briefings")
def follow_person(user: User) -> None:
    """The person has changed his mind, or his chat has failed."""
    follow_wishes(Delivery.objects.filter(user=user))
