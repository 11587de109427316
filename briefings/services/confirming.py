"""A person confirms that he has read exactly this version."""

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from briefings.errors import CheckOpen
from briefings.models import BriefingVersion, Confirmation, Delivery, InboxItem
from briefings.services.addressing import addressed
from briefings.services.checking import open_keys
from core.delivery.decisions import close_confirmed


@transaction.atomic
def confirm(*, version: BriefingVersion, user: User) -> Confirmation:
    """Record the confirmation; a second click finds the first one.

    Raises NotAddressed if the briefing is not, or no longer, this person's; Superseded if a newer version
    stands; CheckOpen while a question of its check is not answered rightly.
    """
    current = addressed(version, user)
    if keys := open_keys(current, user):
        raise CheckOpen(keys)
    return _record(current, user)


def _record(version: BriefingVersion, user: User) -> Confirmation:
    earlier = Confirmation.objects.filter(version__briefing=version.briefing_id, user=user).exists()
    confirmation, _created = Confirmation.objects.get_or_create(
        version=version, user=user, defaults={"difference_only": earlier}
    )
    mark_read(version=version, user=user)
    close_confirmed(Delivery.objects.filter(version__briefing=version.briefing_id, user=user))
    return confirmation


def mark_read(*, version: BriefingVersion, user: User) -> None:
    """Note when the person first opened the version."""
    InboxItem.objects.filter(version=version, user=user, first_read_at=None).update(
        first_read_at=timezone.now()
    )
