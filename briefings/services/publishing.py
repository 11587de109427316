"""Publishing a version: fixed from the release, laid into inboxes, queued as mail, in one transaction."""

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from briefings.errors import NotPublishable
from briefings.models import Briefing, BriefingVersion, Confirmation, Delivery, InboxItem
from briefings.services.content import build, insists, release_region, unknown_in
from briefings.services.recipients import is_over, recipients
from campaigns.models import Campaign, Release
from campaigns.services.content import canonical_hash
from core.audit import record
from core.concurrency import StaleVersion
from core.delivery.decisions import cancel
from core.delivery.hints import hint_on_commit


def publishable(briefing: Briefing, campaign: Campaign) -> Release:
    """The release that `briefing` may be published from now. Raises NotPublishable with what is missing."""
    if is_over(campaign):
        raise NotPublishable(_("This campaign is closed; nobody is briefed any more."))
    release = campaign.release
    if release is None:
        raise NotPublishable(_("A briefing is published from an approved release. There is none yet."))
    if release_region(release, briefing.campaign_region.region.code) is None:
        raise NotPublishable(_("The approved release does not reach this region."))
    if not briefing.offer.strip():
        raise NotPublishable(_("Please say what the offer is."), "offer")
    for field, tokens in unknown_in(briefing, release).items():
        names = ", ".join(sorted(tokens))
        raise NotPublishable(_("The release has no fact called %(names)s.") % {"names": names}, field)
    return release


@transaction.atomic
def publish(
    *, briefing: Briefing, by: User, expected: int, ask_again: bool = True, change_note: str = ""
) -> BriefingVersion:
    """Publish the draft and send it to everybody entitled.

    `ask_again` False is for typing errors and added answers; where facts, dates or what customers see
    differ, confirmation is asked in any case. Publishing the same content twice gives the same version.
    Raises StaleVersion, or NotPublishable with what is missing.
    """
    Campaign.objects.select_for_update().get(pk=briefing.campaign_id)
    draft = Briefing.objects.select_for_update(of=("self",)).get(pk=briefing.pk)
    if draft.version != expected:
        raise StaleVersion(draft)
    release = publishable(draft, draft.campaign)
    people = recipients(draft)
    if not people:
        raise NotPublishable(_("No team serves this audience in this region. Please name one first."))
    content = build(draft, release)
    previous = draft.current
    if previous and previous.release_id == release.pk and previous.content == content:
        return previous
    version = _new_version(draft, release, content, by, ask_again, change_note)
    Briefing.objects.filter(pk=draft.pk).update(current=version)
    draft.current = version
    if previous:
        cancel(Delivery.objects.filter(version__briefing=draft))
    hand_out(version, people)
    record(
        by=by,
        verb="briefing.published",
        scope=draft.campaign,
        subject=draft,
        title=content["title"],
        region=content["region"]["code"],
        people=len(people),
    )
    briefing.current = version
    return version


def _new_version(
    draft: Briefing, release: Release, content: dict, by: User, ask_again: bool, note: str
) -> BriefingVersion:
    previous = draft.current
    number = previous.number + 1 if previous else 1
    asks = previous is None or ask_again or insists(previous.content, content)
    return BriefingVersion.objects.create(
        briefing=draft,
        number=number,
        release=release,
        content=content,
        content_hash=canonical_hash(content),
        asks_from=number if asks else previous.asks_from,
        change_note=note,
        published_by=by,
    )


def hand_out(version: BriefingVersion, people: Iterable[User]) -> int:
    """Lay `version` into the inboxes of `people` and queue a mail to each who has to confirm it.

    Safe to repeat; number of people who had not got it before.
    """
    known = set(InboxItem.objects.filter(version=version).values_list("user", flat=True))
    new = [user for user in people if user.pk not in known]
    InboxItem.objects.bulk_create(
        (InboxItem(version=version, user=user) for user in new), ignore_conflicts=True, batch_size=1000
    )
    confirmed = set(
        Confirmation.objects.filter(
            version__briefing=version.briefing_id, version__number__gte=version.asks_from
        ).values_list("user", flat=True)
    )
    Delivery.objects.bulk_create(
        [Delivery(version=version, user=user) for user in new if user.pk not in confirmed],
        ignore_conflicts=True,
        batch_size=1000,
    )
    hint_on_commit(Delivery)
    return len(new)
