"""Is this version the one that this person is asked about now? Asked under the briefing's lock."""

from accounts.models import User
from briefings.errors import NotAddressed, Superseded
from briefings.models import Briefing, BriefingVersion, InboxItem
from briefings.services.recipients import is_entitled


def addressed(version: BriefingVersion, user: User) -> BriefingVersion:
    """The current version, if it is `version` and this person's; inside a transaction.

    Raises NotAddressed if the briefing is not, or no longer, his; Superseded if a newer version stands.
    """
    # The lock orders this against a publication: a version is answered before or after, never between.
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
    return current
