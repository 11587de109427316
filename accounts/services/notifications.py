"""How messages reach a person: his wishes, his chat, and an address that takes no mail any more."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import hooks
from accounts.models import NotificationSettings, User
from accounts.services.demand import demand
from core import audit
from core.delivery.bounces import address_refused
from core.delivery.chat import ChatCourier, ChatMessage, checked
from core.delivery.decisions import cancel, reroute
from core.delivery.errors import InDoubt, Refused
from core.delivery.fallback import chat_failed
from core.delivery.models import OutgoingMail
from core.delivery.states import WAITING, State
from core.emails import NOTICE_ROUTES, absolute

WISHES = (
    "briefings",
    "notices",
    "digest_rhythm",
    "digest_hour",
    "quiet_from",
    "quiet_to",
    "chat_kind",
    "chat_url",
)
CHAT = ("chat_kind", "chat_url")
# Somebody looks at a page and waits for the test.
TEST_CONNECT_SECONDS, TEST_ANSWER_SECONDS = 5, 10


def _locked(user: User) -> NotificationSettings:
    """The person's settings, made where there are none, with the person's row locked first."""
    person = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    found, _new = NotificationSettings.objects.get_or_create(user=person)
    found.user = person
    return found


@transaction.atomic
def save_notifications(*, user: User, by: User, **values: Any) -> list[str]:
    """Change how messages reach a person (see WISHES); names the changed fields.

    What still waits takes the new way at once. The log names the fields, never the chat's address. Raises
    ValidationError when the values do not go together or the chat's address is not allowed.
    """
    demand(by, "settings.edit", user)
    wishes = _locked(user)
    changed = [name for name in WISHES if name in values and getattr(wishes, name) != values[name]]
    for name in changed:
        setattr(wishes, name, values[name])
    if "chat_url" in changed and wishes.chat_url:
        check_chat_url(wishes.chat_url)
    if set(changed) & set(CHAT):
        wishes.chat_failed_at, wishes.chat_failure = None, ""
    wishes.full_clean(exclude=["user"], validate_unique=False)
    if changed:
        wishes.save()
        audit.record(by=by, verb="person.notifications", scope=user, fields=_public(changed))
        _follow(wishes)
    return changed


def _public(fields: list[str]) -> list[str]:
    return ["chat" if name == "chat_url" else name for name in fields]


def check_chat_url(url: str) -> None:
    """Raise ValidationError, saying what is wrong, unless a webhook may have this address."""
    try:
        checked(url)
    except Refused as refused:
        raise ValidationError({"chat_url": str(refused)}) from None


def _follow(wishes: NotificationSettings) -> None:
    """Bring everything that waits for the person onto the way that holds now."""
    reroute_notices(wishes)
    for function in hooks.notifications_changed:
        function(wishes.user)


def reroute_notices(wishes: NotificationSettings) -> None:
    """The same for notices; a link that only its reader may have stays a mail."""
    waiting = OutgoingMail.objects.filter(recipient=wishes.user_id, private=False, route__in=NOTICE_ROUTES)
    for urgent in (True, False):
        _take_way(waiting.filter(urgent=urgent), wishes.notice_route(urgent=urgent))


def _take_way(notices: QuerySet[OutgoingMail], route: str) -> None:
    # A digest that is on its way is a mail already.
    open_ones = notices.exclude(key__startswith="digest:").filter(state__in=WAITING)
    if route == "app":
        keys = list(open_ones.values_list("pk", flat=True))
        reroute(open_ones, "app")
        cancel(OutgoingMail.objects.filter(pk__in=keys, route="app"))
    else:
        reroute(open_ones, route)


def send_test(*, user: User) -> str:
    """Write a test message into the person's chat now; what the chat answered.

    Raises ValidationError saying what went wrong. A test that arrives ends an earlier failure.
    """
    wishes = user.preferences
    if not wishes.chat_url:
        raise ValidationError(_("Please enter the address of your chat first."))
    message = ChatMessage(
        wishes.chat_kind,
        wishes.chat_url,
        _("A test from Einklang"),
        _("Messages to %(name)s arrive here.") % {"name": user},
        absolute("/settings/"),
        _("My settings"),
    )
    courier = ChatCourier(TEST_CONNECT_SECONDS, TEST_ANSWER_SECONDS)
    try:
        courier.offer(message)
        answer = courier.transmit(message)
    except (Refused, InDoubt) as problem:
        raise ValidationError(_("The test did not arrive. %(reason)s") % {"reason": problem}) from None
    finally:
        courier.close()
    _chat_works(user)
    return answer


@transaction.atomic
def _chat_works(user: User) -> None:
    wishes = _locked(user)
    if wishes.chat_failed_at is not None:
        wishes.chat_failed_at, wishes.chat_failure = None, ""
        wishes.save(update_fields=["chat_failed_at", "chat_failure"])
        _follow(wishes)


@chat_failed.register("accounts")
@transaction.atomic
def note_chat_failure(user: User, reason: str) -> None:
    """The person's chat refuses messages: everything goes by mail until a test arrives there."""
    wishes = _locked(user)
    if wishes.chat_url and wishes.chat_failed_at is None:
        wishes.chat_failed_at, wishes.chat_failure = timezone.now(), reason
        wishes.save(update_fields=["chat_failed_at", "chat_failure"])
        audit.record(by=None, verb="person.chat_failed", scope=user, reason=reason)
        _follow(wishes)


@address_refused.register("accounts")
@transaction.atomic
def note_refused_address(user: User, address: str, reason: str) -> None:
    """The person's address takes no mail: nothing more is sent there until an admin allows it again."""
    wishes = _locked(user)
    if wishes.refused_address != address:
        wishes.refused_address, wishes.refused_at, wishes.refused_reason = address, timezone.now(), reason
        wishes.save(update_fields=["refused_address", "refused_at", "refused_reason"])
        audit.record(by=None, verb="person.address_refused", scope=user, address=address, reason=reason)


def notices_of(user: User) -> QuerySet[OutgoingMail]:
    """What Einklang has told the person, newest first, whichever way it went; not what was taken back."""
    mine = OutgoingMail.objects.filter(recipient=user, private=False).exclude(key__startswith="digest:")
    told = ~Q(state__in=[State.CANCELLED, State.WITHHELD]) | Q(digest__isnull=False) | Q(route="app")
    return mine.filter(told).order_by("-pk")


@transaction.atomic
def allow_address(*, wishes: NotificationSettings, by: User) -> None:
    """An admin lets mail go to a refused address again. Repeating does nothing."""
    demand(by, "people.administer")
    wishes = _locked(wishes.user)
    if wishes.refused_address:
        address = wishes.refused_address
        wishes.refused_address, wishes.refused_at, wishes.refused_reason = "", None, ""
        wishes.save(update_fields=["refused_address", "refused_at", "refused_reason"])
        audit.record(by=by, verb="person.address_allowed", scope=wishes.user, address=address)
