"""Briefing drafts, when a campaign is made from an earlier one."""

from typing import Any

from django.utils.translation import gettext as _

from accounts.enums import Audience
from briefings.models import Briefing
from briefings.services.writing import FIELDS, draft_briefing, save_briefing
from campaigns.copying import Copy, Part, parts
from campaigns.models import Campaign


@parts.register("briefings")
def briefings() -> Part:
    hint = _("as drafts; nothing is published")
    return Part("briefings", _("Briefings"), take, put, order=80, needs="regions", hint=hint)


def take(campaign: Campaign) -> list[dict[str, Any]]:
    """Texts, questions and answers by region, audience and language."""
    found = Briefing.objects.filter(campaign=campaign).select_related("campaign_region__region")
    return [
        {
            "region": row.campaign_region.region.code,
            "audience": row.audience,
            "language": row.language,
            "texts": {name: getattr(row, name) for name in FIELDS},
            "questions": [{"question": one.question, "answer": one.answer} for one in row.questions.all()],
        }
        for row in found.prefetch_related("questions")
    ]


def put(made: Copy, data: list[dict[str, Any]]) -> None:
    """Drafts with the same words, for the regions that came along."""
    regions = {row.region.code: row for row in made.campaign.regions.select_related("region")}
    for row in data:
        if row["region"] not in regions:
            continue
        draft, _new = draft_briefing(
            campaign_region=regions[row["region"]],
            audience=Audience(row["audience"]),
            language=row["language"],
            by=made.by,
        )
        save_briefing(
            briefing=draft,
            by=made.by,
            expected=draft.version,
            texts=row["texts"],
            questions=row["questions"],
        )
