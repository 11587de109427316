"""Publishing a version: fixed from the release, laid into inboxes, queued as mail, in one transaction."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Team, User
from briefings.errors import NotAsShown, NotPublishable
from briefings.hooks import briefing_published
from briefings.models import Briefing, BriefingVersion, Delivery
from briefings.services.content import build, insists, release_region, unknown_in
from briefings.services.handing import hand_out
from briefings.services.keeping import keep
from briefings.services.recipients import is_over, recipient_ids, siblings
from campaigns.enums import Running
from campaigns.models import Campaign, Release
from campaigns.services.content import canonical_hash
from campaigns.services.transitions import lock_campaign
from core.audit import record
from core.concurrency import StaleVersion
from core.delivery.decisions import cancel


def publishable(briefing: Briefing, campaign: Campaign) -> Release:
    """The release that `briefing` may be published from now. Raises NotPublishable with what is missing."""
    if is_over(campaign) or briefing.campaign_region.running == Running.FINISHED:
        raise NotPublishable(_("This campaign is over here; nobody is briefed any more."))
    release = campaign.release
    if release is None:
        raise NotPublishable(_("A briefing is published from an approved release. There is none yet."))
    if release_region(release.content, briefing.campaign_region.region.code) is None:
        raise NotPublishable(_("The approved release does not reach this region."))
    if not briefing.title.strip():
        raise NotPublishable(_("Please give the briefing a title."), "title")
    if not briefing.offer.strip():
        raise NotPublishable(_("Please say what the offer is."), "offer")
    for field, tokens in unknown_in(briefing, release.content).items():
        names = ", ".join(sorted(tokens))
        raise NotPublishable(
            _("Neither the release nor the campaign has what is called %(names)s here.") % {"names": names},
            field,
        )
    return release


def _locked_draft(briefing: Briefing, expected: int) -> Briefing:
    """The draft as it is, locked after its campaign (as every change of a campaign locks it first)."""
    campaign = lock_campaign(briefing.campaign_id)
    locked = Briefing.objects.select_for_update(of=("self",), no_key=True)
    draft = locked.select_related("campaign_region__region", "current").get(pk=briefing.pk)
    draft.campaign = campaign
    if draft.version != expected:
        raise StaleVersion(draft)
    return draft


@transaction.atomic
def publish(
    *,
    briefing: Briefing,
    by: User,
    expected: int,
    ask_again: bool = True,
    change_note: str = "",
    seen: str | None = None,
) -> BriefingVersion:
    """Publish the draft and send it to everybody entitled.

    `ask_again` False is for typing errors and added answers; where facts, dates or what customers see
    differ, confirmation is asked in any case. Publishing the same content twice gives the same version.
    `seen` is the canonical hash of the content that `by` was shown, None where no person looked at it.
    Raises StaleVersion, NotAsShown if it would say something else than that (the release was replaced, say),
    or NotPublishable with what is missing.
    """
    draft = _locked_draft(briefing, expected)
    release = publishable(draft, draft.campaign)
    people = recipient_ids(draft)
    if not people:
        raise NotPublishable(nobody(draft))
    content = build(draft, release.content)
    if seen is not None and canonical_hash(content) != seen:
        raise NotAsShown
    previous = draft.current
    if previous and previous.release_id == release.pk and previous.content == content:
        return previous
    version = _new_version(draft, release, content, by, ask_again, change_note)
    # Not a new version of the draft: only what is published moves on.
    Briefing.objects.filter(pk=draft.pk).update(current=version)
    draft.current = briefing.current = version
    if previous:
        cancel(Delivery.objects.filter(version__briefing=draft))
    hand_out(version, people)
    # People whom another language served until now are served by this one.
    keep(siblings(draft).values_list("pk", flat=True))
    _log(version, by, len(people))
    for follow in briefing_published:
        follow(version=version, by=by)
    return version


def nobody(draft: Briefing) -> str:
    """Why a briefing reaches nobody, and what to do about it."""
    if siblings(draft).exists():
        return _("Everybody who is entitled already gets this briefing in another language.")
    teams = Team.objects.serving(draft.audience, draft.campaign_region.region_id).order_by("name")
    names = ", ".join(teams.values_list("name", flat=True))
    if names:
        return _("Nobody is left in %(teams)s. Please add people, or name another team.") % {"teams": names}
    return _("No team serves this audience in this region. Please name one first.")


def _log(version: BriefingVersion, by: User, people: int) -> None:
    briefing = version.briefing
    record(
        by=by,
        verb="briefing.published",
        scope=briefing.campaign,
        subject=briefing,
        title=version.content["title"],
        region=version.content["region"]["code"],
        audience=briefing.audience,
        number=version.number,
        people=people,
    )


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
