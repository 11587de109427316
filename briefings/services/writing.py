"""Drafting a briefing: composed from the campaign, then edited by its author."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from accounts.enums import Audience
from accounts.models import User
from briefings.enums import Part
from briefings.models import Briefing, BriefingQuestion
from briefings.services.composing import compose
from briefings.services.content import Content, token_values
from campaigns.models import CampaignRegion
from campaigns.services.content import fill, tokens_in
from core.audit import record

FIELDS = ("title", *Part.values)


@transaction.atomic
def draft_briefing(
    *, campaign_region: CampaignRegion, audience: Audience, language: str, by: User
) -> tuple[Briefing, bool]:
    """The briefing of this audience, region and language; composed from the campaign if there is none yet.

    Returns it with True if it was made now.
    """
    key = {"campaign_region": campaign_region, "audience": audience, "language": language}
    found = Briefing.objects.filter(**key).first()
    if found is not None:
        return found, False
    composed = compose(campaign_region, audience, language)
    made = {"campaign": campaign_region.campaign, "author": by, "composed": composed.stored()}
    briefing, created = Briefing.objects.get_or_create(**key, defaults=made | composed.fields)
    if created:
        write_questions(briefing, [{"question": q, "answer": a} for q, a in composed.questions])
        _log(briefing, by, "briefing.drafted")
    return briefing, created


@transaction.atomic
def save_briefing(
    *,
    briefing: Briefing,
    by: User,
    expected: int,
    texts: dict[str, str],
    questions: Iterable[dict[str, Any]],
    understanding: list[Content] | None = None,
) -> Briefing:
    """Save the draft's texts, its questions and answers ({"question", "answer"}, in order) and its check.

    `understanding` None leaves the check as it is; else it is [{"key", "question", "multiple", "options":
    [{"text", "right"}], "explanation"}]. Raises StaleVersion if somebody saved it after version `expected`.
    """
    for name in FIELDS:
        setattr(briefing, name, texts.get(name, getattr(briefing, name)))
    if understanding is not None:
        briefing.understanding = understanding
    briefing.save_versioned(expected=expected, fields=(*FIELDS, "understanding"))
    briefing.questions.all().delete()
    write_questions(briefing, questions)
    _log(briefing, by, "briefing.saved")
    return briefing


def write_questions(briefing: Briefing, questions: Iterable[dict[str, Any]], start: int = 0) -> None:
    """Add questions and answers to a draft, from position `start` on."""
    BriefingQuestion.objects.bulk_create(
        BriefingQuestion(briefing=briefing, position=n, question=q["question"], answer=q["answer"])
        for n, q in enumerate(questions, start=start)
    )


def _log(briefing: Briefing, by: User, verb: str) -> None:
    region = briefing.campaign_region.region.code
    title = shown_title(briefing)
    record(by=by, verb=verb, scope=briefing.campaign, subject=briefing, title=title, region=region)


def shown_title(briefing: Briefing) -> str:
    """The title as people read it; tokens stay while there is no release that could fill them."""
    release = briefing.campaign.release if "{{" in briefing.title else None
    if release is None:
        return briefing.title
    return fill(briefing.title, token_values(briefing, release.content, tokens_in(briefing.title)))
