"""Where every regional review stands, recomputed from the words as they are now. Nothing here writes.

A stored state is only a hint for lists; checks, approvals and pages ask `pictures`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.enums import Role
from accounts.models import Absence, RoleGrant, User
from campaigns.enums import Content, PassageState, ReviewProblem, ReviewState, Verdict
from campaigns.models import CampaignRegion, ContentVersion, PassageVerdict, Review, ReviewApproval
from campaigns.services.content import Passage, passages, region_hash, variants_of
from campaigns.services.dossier import Dossier

WORKING_DAYS = 5
SATURDAY = 5


@dataclass(frozen=True)
class SeenPassage:
    """A passage with the newest answer of the review's reviewer, which may be for earlier words."""

    number: int
    passage: Passage
    answer: PassageVerdict | None

    @property
    def key(self) -> str:
        return self.passage.key

    @cached_property
    def state(self) -> PassageState:
        if self.answer is None:
            return PassageState.OPEN
        if self.answer.content_hash != self.passage.content_hash:
            return PassageState.CHANGED
        return PassageState.CLEAR if self.answer.verdict == Verdict.CLEAR else PassageState.OBJECTED

    @property
    def is_clear(self) -> bool:
        return self.state == PassageState.CLEAR

    @property
    def waits_for_reviewer(self) -> bool:
        """True if the reviewer has not yet answered these words."""
        return self.state in (PassageState.OPEN, PassageState.CHANGED)


@dataclass(frozen=True)
class Picture:
    """One region and language: its passages, answers and approval as of now."""

    campaign_region: CampaignRegion
    language: str
    review: Review | None
    passages: list[SeenPassage]
    content_hash: str
    approval: ReviewApproval | None
    approved_before: bool
    problem: ReviewProblem | None
    shared: bool

    @property
    def objections(self) -> list[SeenPassage]:
        return [seen for seen in self.passages if seen.state == PassageState.OBJECTED]

    @property
    def waiting(self) -> list[SeenPassage]:
        """Passages that the reviewer has not answered as they are now."""
        return [seen for seen in self.passages if seen.waits_for_reviewer]

    @property
    def clear(self) -> list[SeenPassage]:
        return [seen for seen in self.passages if seen.is_clear]

    @property
    def all_clear(self) -> bool:
        return bool(self.passages) and all(seen.is_clear for seen in self.passages)

    @property
    def approved(self) -> bool:
        """True if exactly these words are approved and the reviewer took nothing back since."""
        return self.approval is not None and not self.objections

    @property
    def awaits_reviewer(self) -> bool:
        """True if the next step is the reviewer's: an answer or the approval."""
        return not self.approved and bool(self.waiting or not self.objections)

    @property
    def overdue(self) -> bool:
        due = self.review.due_on if self.review else None
        return due is not None and not self.approved and due < timezone.localdate()

    @property
    def state(self) -> ReviewState:
        """What the review's stored state should be."""
        if self.objections:
            return ReviewState.OBJECTED
        if self.approval is not None:
            return ReviewState.APPROVED
        if self.approved_before or any(seen.state == PassageState.CHANGED for seen in self.passages):
            return ReviewState.ASKED_AGAIN
        return ReviewState.IN_WORK if self.clear else ReviewState.INVITED

    def find(self, key: str) -> SeenPassage | None:
        """The passage of that key, None when it is not (or no longer) part of the content."""
        return next((seen for seen in self.passages if seen.key == key), None)


def pictures(dossier: Dossier) -> list[Picture]:
    """Where the review of each region and language of the campaign stands; constant queries."""
    by_place = {(one.campaign_region_id, one.language): one for one in dossier.reviews}
    return _pictures(
        dossier,
        [
            (region, language, by_place.get((region.pk, language)))
            for region in dossier.regions
            for language in region.region.languages
        ],
    )


def picture_of(review: Review, dossier: Dossier | None = None) -> Picture:
    """Where one review stands, with the row as the dossier read it; after a write give a fresh dossier."""
    dossier = dossier or Dossier(review.campaign_region.campaign)
    row = next(one for one in dossier.reviews if one.pk == review.pk)
    region = next(one for one in dossier.regions if one.pk == row.campaign_region_id)
    return _pictures(dossier, [(region, row.language, row)])[0]


Place = tuple[CampaignRegion, str, Review | None]


def _pictures(dossier: Dossier, places: list[Place]) -> list[Picture]:
    reviews = [review for _region, _language, review in places if review is not None]
    answers, approvals = _newest_answers(reviews), _approvals(reviews)
    # Who wrote what is only looked up when a reviewer wrote anything here at all.
    written = authors_by_object(dossier) if any(one.wrote_here for one in reviews) else {}
    found = []
    for region, language, review in places:
        seen_hash = region_hash(dossier, region, language)
        given = approvals.get(review.pk, {}) if review else {}
        own = answers.get((review.pk, review.reviewer_id), {}) if review else {}
        if review is not None:
            review.campaign_region = region
        found.append(
            Picture(
                campaign_region=region,
                language=language,
                review=review,
                passages=[
                    SeenPassage(number, passage, own.get(passage.key))
                    for number, passage in enumerate(passages(dossier, region, language), start=1)
                ],
                content_hash=seen_hash,
                approval=given.get(seen_hash),
                approved_before=bool(given),
                problem=_problem(review, _authors(written, dossier, region, language)),
                shared=dossier.campaign.shared_at is not None,
            )
        )
    return found


def _problem(review: Review | None, authors: set[int]) -> ReviewProblem | None:
    if review is None or review.reviewer is None:
        return ReviewProblem.NOBODY
    if not review.reviewer.is_active:
        return ReviewProblem.LEFT
    if not review.speaks_for:
        return ReviewProblem.NO_ROLE
    return ReviewProblem.AUTHOR if review.reviewer_id in authors else None


def _newest_answers(reviews: list[Review]) -> dict[tuple[int, int | None], dict[str, PassageVerdict]]:
    """The newest answer per review and person, by passage."""
    newest = (
        PassageVerdict.objects.filter(review__in=reviews)
        .order_by()
        .values("review", "by", "passage")
        .annotate(newest=Max("id"))
        .values("newest")
    )
    found: dict[tuple[int, int | None], dict[str, PassageVerdict]] = {}
    for answer in PassageVerdict.objects.filter(pk__in=newest).order_by("id") if reviews else ():
        found.setdefault((answer.review_id, answer.by_id), {})[answer.passage] = answer
    return found


def _approvals(reviews: list[Review]) -> dict[int, dict[str, ReviewApproval]]:
    """Approvals per review, by content hash."""
    found: dict[int, dict[str, ReviewApproval]] = {}
    rows = ReviewApproval.objects.filter(review__in=reviews).select_related("by").defer("content")
    for approval in rows.order_by("id") if reviews else ():
        found.setdefault(approval.review_id, {})[approval.content_hash] = approval
    return found


ObjectAuthors = dict[tuple[str, int], set[int]]


def authors_by_object(dossier: Dossier) -> ObjectAuthors:
    """Ids of everybody who ever wrote on each part of the campaign's message (one query)."""
    found: ObjectAuthors = {}
    rows = ContentVersion.objects.filter(campaign=dossier.campaign).order_by()
    for kind, object_id, author in rows.values_list("kind", "object_id", "author_id").distinct():
        found.setdefault((kind, object_id), set()).add(author)
    return found


def _authors(written: ObjectAuthors, dossier: Dossier, region: CampaignRegion, language: str) -> set[int]:
    parts: list[tuple[str, int]] = [(Content.FACT, fact.pk) for fact in dossier.facts]
    parts += [(Content.VARIANT, variant.pk) for variant in variants_of(dossier, region, language)]
    if dossier.core is not None:
        parts.append((Content.CORE, dossier.core.pk))
    return set().union(*(written.get(part, set()) for part in parts))


def authors_of(dossier: Dossier, region: CampaignRegion, language: str) -> set[int]:
    """Ids of everybody who wrote any of what customers of the region get in the language."""
    return _authors(authors_by_object(dossier), dossier, region, language)


def reviewers_for(region_id: int, *, but: Iterable[int] = ()) -> QuerySet[User]:
    """Active people who speak for the region, without those in `but`.

    First who is here, then who speaks for just this region, then who has the fewest open reviews.
    """
    today = timezone.localdate()
    away = Absence.objects.filter(user=OuterRef("pk"), starts_on__lte=today, ends_on__gte=today)
    grants = RoleGrant.objects.filter(user=OuterRef("pk"), role=Role.REVIEWER)
    open_reviews = Count("reviews", filter=~Q(reviews__state=ReviewState.APPROVED))
    return (
        User.objects.filter(Exists(grants.filter(Q(region=region_id) | Q(region=None))), is_active=True)
        .exclude(pk__in=list(but))
        .annotate(away=Exists(away), local=Exists(grants.filter(region=region_id)), load=open_reviews)
        .order_by("away", "-local", "load", "last_name", "first_name", "pk")
    )


def candidates(dossier: Dossier, found: list[Picture]) -> dict[int, list[User]]:
    """By review id, who could review: speaks for the region and wrote none of its text (two queries)."""
    grants = RoleGrant.objects.filter(role=Role.REVIEWER, user__is_active=True).select_related("user")
    regions = {picture.campaign_region.region_id for picture in found}
    rows = list(grants.filter(Q(region=None) | Q(region__in=regions)).order_by("user"))
    written = authors_by_object(dossier)
    return {
        picture.review.pk: _candidates(rows, _authors(written, dossier, region, picture.language), region)
        for picture in found
        if picture.review is not None and (region := picture.campaign_region)
    }


def _candidates(rows: list[RoleGrant], authors: set[int], region: CampaignRegion) -> list[User]:
    fit = [row.user for row in rows if row.region_id in (None, region.region_id)]
    return list(dict.fromkeys(user for user in fit if user.pk not in authors))


def due_date(region: CampaignRegion, today: date | None = None) -> date:
    """Five working days from today, but before the region's start, and never in the past."""
    today = today or timezone.localdate()
    day, left = today, WORKING_DAYS
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < SATURDAY
    return max(min(day, region.starts_on - timedelta(days=1)), today)
