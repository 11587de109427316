"""Drafting a briefing: composed from the campaign, then edited by its author."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.enums import Audience
from accounts.models import User
from briefings.enums import Part
from briefings.models import Briefing, BriefingQuestion
from briefings.services.content import shown_facts
from campaigns.models import CampaignRegion, CoreMessage
from campaigns.services.content import fill
from core.audit import record

FIELDS = ("title", *Part.values)


def _composed(campaign_region: CampaignRegion, language: str) -> dict[str, str]:
    """First texts from core message and facts; facts stay tokens, so that they cannot differ."""
    campaign = campaign_region.campaign
    core = CoreMessage.objects.filter(campaign=campaign).first() or CoreMessage()
    facts = [f"- {fact.label}: {{{{{fact.key}}}}}" for fact in campaign.facts.all()]
    with translation.override(language):
        return {
            "title": _("%(campaign)s: what you need to know") % {"campaign": campaign.name},
            "offer": core.promise or core.claim,
            "for_whom": ", ".join(group.name_in(language) for group in campaign.target_groups.all()),
            "say": "\n".join(filter(None, [core.claim, core.proof, core.call_to_action, *facts])),
            "contact": f"{campaign.owner} · {campaign.owner.phone or campaign.owner.email}",
        }


@transaction.atomic
def draft_briefing(
    *, campaign_region: CampaignRegion, audience: Audience, language: str, by: User
) -> tuple[Briefing, bool]:
    """The briefing of this audience, region and language; composed from the campaign if there is none yet.

    Returns it with True if it was made now.
    """
    texts = _composed(campaign_region, language)
    key = {"campaign_region": campaign_region, "audience": audience, "language": language}
    texts["title"] = texts["title"][:200]
    made = {"campaign": campaign_region.campaign, "author": by, **texts}
    briefing, created = Briefing.objects.get_or_create(**key, defaults=made)
    if created:
        _log(briefing, by, "briefing.drafted")
    return briefing, created


@transaction.atomic
def save_briefing(
    *, briefing: Briefing, by: User, expected: int, texts: dict[str, str], questions: Iterable[dict[str, Any]]
) -> Briefing:
    """Save the draft's texts and its questions and answers (each {"question", "answer"}, in order).

    Raises StaleVersion if somebody saved it after version `expected`.
    """
    for name in FIELDS:
        setattr(briefing, name, texts.get(name, getattr(briefing, name)))
    briefing.save_versioned(expected=expected, fields=FIELDS)
    briefing.questions.all().delete()
    BriefingQuestion.objects.bulk_create(
        BriefingQuestion(briefing=briefing, position=n, question=q["question"], answer=q["answer"])
        for n, q in enumerate(questions)
    )
    _log(briefing, by, "briefing.saved")
    return briefing


def _log(briefing: Briefing, by: User, verb: str) -> None:
    region = briefing.campaign_region.region.code
    title = _shown_title(briefing)
    record(by=by, verb=verb, scope=briefing.campaign, subject=briefing, title=title, region=region)


def _shown_title(briefing: Briefing) -> str:
    """The title as people read it; tokens stay while there is no release that could fill them."""
    release = briefing.campaign.release if "{{" in briefing.title else None
    if release is None:
        return briefing.title
    facts = shown_facts(release.content, briefing.campaign_region.region.code, briefing.language)
    return fill(briefing.title, {fact["key"]: fact["text"] for fact in facts})
