"""A person confirms that he has read exactly this version."""

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from briefings.errors import NotAddressed, Superseded
from briefings.models import Briefing, BriefingVersion, Clearance, Confirmation, Delivery, InboxItem
from briefings.services.recipients import is_entitled
from core.audit import record
from core.delivery.decisions import close_confirmed


@transaction.atomic
def confirm(*, version: BriefingVersion, user: User) -> Confirmation:
    """Record the confirmation; a second click finds the first one.

    Raises NotAddressed if the version never was, or no longer is, in the person's inbox; Superseded if
    a newer version stands.
    """
    briefing = Briefing.objects.select_for_update(of=("self",)).get(pk=version.briefing_id)
    if not InboxItem.objects.filter(version__briefing=briefing, user=user, withdrawn=False).exists():
        raise NotAddressed
    if briefing.current_id != version.pk:
        raise Superseded(briefing.current)
    if not is_entitled(user.pk, version):
        raise NotAddressed
    earlier = Confirmation.objects.filter(version__briefing=briefing, user=user).exists()
    confirmation, _created = Confirmation.objects.get_or_create(
        version=version, user=user, defaults={"difference_only": earlier}
    )
    mark_read(version=version, user=user)
    close_confirmed(Delivery.objects.filter(version=version, user=user))
    return confirmation


def mark_read(*, version: BriefingVersion, user: User) -> None:
    """Note when the person first opened the version."""
    InboxItem.objects.filter(version=version, user=user, first_read_at=None).update(
        first_read_at=timezone.now()
    )


@transaction.atomic
def clear_by_name(*, version: BriefingVersion, user: User, by: User, reason: str) -> Clearance:
    """Say that a person has been told in another way although his mail is not certain."""
    clearance, created = Clearance.objects.get_or_create(
        version=version, user=user, defaults={"by": by, "reason": reason}
    )
    if created:
        record(
            by=by,
            verb="briefing.cleared",
            scope=version.briefing.campaign,
            subject=version.briefing,
            person=str(user),
            reason=reason,
        )
    return clearance
