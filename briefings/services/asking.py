"""Questions from the desk: asked, given to a campaign, answered for everybody or for the asker, declined.

Every step locks the question; of two people who answer at once the second one meets AlreadyAnswered.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.models import Region, User
from briefings.errors import NotPublishable
from briefings.models import AskedQuestion, AskedState, Briefing, BriefingQuestion, BriefingVersion, Delivery
from briefings.services.content import build
from briefings.services.publishing import publish
from campaigns.models import Campaign
from campaigns.services.transitions import lock_campaign
from core.audit import record
from core.emails import absolute, queue_mails


class AlreadyAnswered(Exception):
    """Somebody was faster; `current` is the question as it stands now."""

    def __init__(self, current: AskedQuestion) -> None:
        super().__init__(
            _("%(person)s has answered this question already.") % {"person": current.answered_by}
        )
        self.current = current


@dataclass
class Outcome:
    """What became of an answer: versions that went out, and drafts in which it waits for the next one."""

    published: list[BriefingVersion] = field(default_factory=list)
    drafted: list[Briefing] = field(default_factory=list)


@transaction.atomic
def ask(
    *,
    by: User,
    region: Region,
    said: str,
    submission: UUID,
    campaign: Campaign | None = None,
    briefing: Briefing | None = None,
) -> AskedQuestion:
    """Send what a customer said to the campaign's team; without a campaign to all who plan for the region.

    The same `submission` of the same person again gives the question that was sent first.
    """
    if AskedQuestion.objects.filter(submission=submission).exclude(asker=by).exists():
        # Not his form: what he sent is a question of its own.
        submission = uuid4()
    made = {"asker": by, "region": region, "said": said.strip(), "campaign": campaign, "briefing": briefing}
    question, created = AskedQuestion.objects.get_or_create(submission=submission, asker=by, defaults=made)
    if created:
        _log(question, by, "question.asked")
        _tell_team(question)
    return question


@transaction.atomic
def assign(*, question: AskedQuestion, campaign: Campaign, by: User) -> AskedQuestion:
    """Give an open question to a campaign that reaches its region; its team is told."""
    locked = _locked(question)
    if locked.campaign_id != campaign.pk:
        locked.campaign = campaign
        locked.save(update_fields=["campaign"])
        _log(locked, by, "question.assigned")
        _tell_team(locked)
    return locked


@transaction.atomic
def answer(
    *,
    question: AskedQuestion,
    by: User,
    asked: str,
    reply: str,
    briefings: Iterable[Briefing] = (),
    urgent: bool = False,
    ask_again: bool = False,
) -> Outcome:
    """Answer the asker, and make it a question-and-answer of the chosen briefings of the campaign.

    A briefing whose draft says nothing else than what is published goes out at once as a new version, which
    asks nobody to confirm again unless `ask_again`; another one keeps it in the draft for its next version.
    Whoever has confirmed is told of it, at once if `urgent`, else in his digest; the others get the version.
    """
    chosen = sorted(briefings, key=lambda one: one.pk)
    if question.campaign_id:
        # As every change of a campaign does: the campaign first, then what hangs on it.
        lock_campaign(question.campaign_id)
    locked = _locked(question)
    _close(locked, by, AskedState.ANSWERED, question=asked, answer=reply)
    outcome = Outcome()
    for one in chosen:
        _put_into(one, locked, by, ask_again, outcome)
    for version in outcome.published:
        _tell_confirmed(locked, version, urgent)
    published = [f"{one.briefing_id}#{one.number}" for one in outcome.published]
    _log(locked, by, "question.answered", published=published, drafted=[one.pk for one in outcome.drafted])
    _tell_asker(locked)
    return outcome


@transaction.atomic
def decline(*, question: AskedQuestion, by: User, reason: str) -> AskedQuestion:
    """Say why there is no answer; only the asker is told."""
    locked = _locked(question)
    _close(locked, by, AskedState.DECLINED, reason=reason)
    _log(locked, by, "question.declined", reason=reason)
    _tell_asker(locked)
    return locked


def mark_seen(user: User) -> None:
    """The asker has seen what became of his questions."""
    done = AskedQuestion.objects.filter(asker=user, seen_at=None).exclude(state=AskedState.OPEN)
    done.update(seen_at=timezone.now())


def has_unpublished(briefing: Briefing) -> bool:
    """True if publishing the draft now would say more than the new answer: its next version is not due."""
    release, current = briefing.campaign.release, briefing.current
    if release is None or current is None or current.release_id != release.pk:
        return True
    return build(briefing, release.content) != current.content


def _locked(question: AskedQuestion) -> AskedQuestion:
    rows = AskedQuestion.objects.select_for_update(of=("self",), no_key=True)
    locked = rows.select_related("campaign__owner", "region", "asker", "answered_by").get(pk=question.pk)
    if locked.state != AskedState.OPEN:
        raise AlreadyAnswered(locked)
    return locked


def _close(closed: AskedQuestion, by: User, state: AskedState, **said: str) -> None:
    closed.state, closed.answered_by, closed.answered_at = state, by, timezone.now()
    for name, text in said.items():
        setattr(closed, name, text.strip())
    closed.save(update_fields=["state", "answered_by", "answered_at", *said])


def _put_into(
    briefing: Briefing, question: AskedQuestion, by: User, ask_again: bool, outcome: Outcome
) -> None:
    related = ("campaign__release", "campaign_region__region", "current")
    draft = Briefing.objects.select_related(*related).get(pk=briefing.pk, campaign=question.campaign_id)
    waits = has_unpublished(draft)
    last = draft.questions.aggregate(last=Max("position"))["last"]
    BriefingQuestion.objects.create(
        briefing=draft, question=question.question, answer=question.answer, position=(last or 0) + 1
    )
    # Whoever edits the draft at this moment is told that it has changed.
    draft.save_versioned(expected=draft.version, fields=())
    try:
        if waits:
            raise NotPublishable(_("The draft says more than what is published."))
        with transaction.atomic():
            note = _("A customer's question: %(question)s") % {"question": question.question}
            version = publish(
                briefing=draft, by=by, expected=draft.version, ask_again=ask_again, change_note=note
            )
            outcome.published.append(version)
    except NotPublishable:
        outcome.drafted.append(draft)


# --- telling --------------------------------------------------------------------------------------------


def team_of(question: AskedQuestion) -> list[User]:
    """The owner and the marketers of the region; without a campaign its managers, too, or else admins."""
    people = User.objects.here()
    found = people.holding(Role.MARKETER, region=question.region)
    if question.campaign_id:
        found = found | people.filter(pk=question.campaign.owner_id)
    else:
        found = found | people.holding(Role.MANAGER, region=question.region)
        found = found if found.exists() else people.holding(Role.ADMIN)
    return list(found.order_by("pk").distinct())


def _tell_team(question: AskedQuestion) -> None:
    link = absolute(reverse("briefings:asked_question", args=[question.pk]))
    queue_mails(
        team_of(question),
        template="briefings/email/asked",
        key=lambda user: f"asked:{question.pk}:{question.campaign_id or 0}:{user.pk}",
        context=lambda _user: {"asked": question, "link": link},
    )


def askers_link(question: AskedQuestion) -> str:
    """Where the asker sees what became of it: the page of his questions that has it."""
    return f"{reverse('desk:questions')}?question={question.pk}#question-{question.pk}"


def _tell_asker(question: AskedQuestion) -> None:
    link = absolute(askers_link(question))
    queue_mails(
        [question.asker],
        template="briefings/email/asked_answered",
        key=lambda user: f"asked-answered:{question.pk}:{user.pk}",
        context=lambda _user: {"asked": question, "link": link},
    )


def _tell_confirmed(question: AskedQuestion, version: BriefingVersion, urgent: bool) -> None:
    """Who has to confirm gets the version itself; the others are told what is new in it."""
    mailed = Delivery.objects.filter(version=version).values("user")
    items = version.inbox_items.filter(withdrawn=False).exclude(user__in=mailed).exclude(user=question.asker)
    link = absolute(reverse("briefings:read", args=[version.briefing_id]))
    queue_mails(
        User.objects.here().filter(pk__in=items.values("user")).order_by("pk"),
        template="briefings/email/asked_news",
        key=lambda user: f"asked-news:{question.pk}:{version.pk}:{user.pk}",
        context=lambda _user: {"asked": question, "version": version, "c": version.content, "link": link},
        urgent=urgent,
    )


def _log(question: AskedQuestion, by: User, verb: str, **data: Any) -> None:
    region = question.region
    record(
        by=by,
        verb=verb,
        scope=question.campaign or region,
        subject=question,
        region=region.code,
        question=question.question or question.said[:200],
        **data,
    )
