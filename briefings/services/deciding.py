"""What a person decides about mails that did not arrive for certain; each needs a reason and is kept."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from briefings.models import BriefingVersion, Clearance, Delivery, InboxItem
from core.audit import record
from core.delivery.decisions import resolve
from core.delivery.states import IllegalEdge, State

LONGEST_REASON = 2000


@transaction.atomic
def send_again(*, delivery: Delivery, by: User, reason: str) -> Delivery:
    """Queue a failed or uncertain mail once more. Raises ValidationError if that is not possible now."""
    # Asked of the database: somebody may have published since the page was shown.
    if not BriefingVersion.objects.current().filter(pk=delivery.version_id).exists():
        raise ValidationError(_("A newer version has taken the place of this one; it is not sent again."))
    return _resolve(delivery, State.RETRY, by, reason, "briefing.sent_again")


@transaction.atomic
def found_in_log(*, delivery: Delivery, by: User, reason: str) -> Delivery:
    """Say that the mail log shows the Message-ID of an uncertain mail. Raises ValidationError."""
    return _resolve(delivery, State.SENT, by, reason, "briefing.found_in_log")


def _resolve(delivery: Delivery, to: State, by: User, reason: str, verb: str) -> Delivery:
    reason = required(reason)
    try:
        resolve(delivery, to=to, by=by, reason=reason)
    except IllegalEdge as illegal:
        message = _("This mail is “%(state)s”; there is nothing to decide.")
        raise ValidationError(message % {"state": delivery.get_state_display()}) from illegal
    _log(delivery.version, delivery.user, by, verb, reason)
    return delivery


@transaction.atomic
def clear_by_name(*, version: BriefingVersion, user: User, by: User, reason: str) -> Clearance:
    """Say that a person has been told in another way although his mail is not certain.

    The mail then no longer holds up the launch; his confirmation is still missing.
    """
    reason = required(reason)
    if not InboxItem.objects.filter(version=version, user=user).exists():
        raise ValidationError(_("This version was not addressed to that person."))
    clearance, created = Clearance.objects.get_or_create(
        version=version, user=user, defaults={"by": by, "reason": reason}
    )
    if created:
        _log(version, user, by, "briefing.cleared", reason)
    return clearance


def required(reason: str) -> str:
    """The reason without white space around it; ValidationError if there is none."""
    if not reason.strip():
        raise ValidationError(_("Please say why."), code="reason")
    return reason.strip()[:LONGEST_REASON]


def _log(version: BriefingVersion, user: User, by: User, verb: str, reason: str) -> None:
    briefing = version.briefing
    record(by=by, verb=verb, scope=briefing.campaign, subject=briefing, person=str(user), reason=reason)
