"""A person confirms that he has read exactly this version."""

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from briefings.errors import NotAddressed, Superseded
from briefings.models import Briefing, BriefingVersion, Confirmation, Delivery, InboxItem
from briefings.services.recipients import is_entitled
from core.delivery.decisions import close_confirmed


@transaction.atomic
def confirm(*, version: BriefingVersion, user: User) -> Confirmation:
    """Record the confirmation; a second click finds the first one.

    Raises NotAddressed if the briefing is not, or no longer, this person's; Superseded if a newer version
    stands.
    """
    # The lock orders this against a publication: a version is confirmed before or after, never between.
    locked = Briefing.objects.select_for_update(of=("self",), no_key=True)
    briefing = locked.select_related("campaign", "campaign_region__region", "current").get(
        pk=version.briefing_id
    )
    mine = InboxItem.objects.filter(version=briefing.current_id, user=user, withdrawn=False)
    current = briefing.current
    if current is None or not mine.exists():
        raise NotAddressed
    current.briefing = briefing
    if not is_entitled(user.pk, current):
        raise NotAddressed
    if current.pk != version.pk:
        raise Superseded(current)
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
