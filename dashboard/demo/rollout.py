"""A campaign of the demo that rolls out in stages, and a template to begin from."""

from datetime import date, timedelta
from typing import Any

from campaigns.models import Campaign, CampaignTemplate
from campaigns.services.copying import keep_as_template
from campaigns.services.stages import StagePlan, set_stages
from dashboard.demo.clock import acting
from dashboard.demo.plan import submission

TEMPLATE = ("eingelaufen", "Service-Versprechen mit Filialen", "Fünf Wochen, alle Märkte, Filiale und E-Mail")


def plan_stages(campaign: Campaign, rows: list[dict[str, Any]], today: date) -> None:
    """The stages as the file has them; nothing for a campaign without."""
    if not rows:
        return
    ids = dict(campaign.regions.values_list("region__code", "pk"))
    stages = [
        StagePlan(
            name=row["name"],
            regions=tuple(ids[code] for code in row["regions"]),
            checkpoint_on=today + timedelta(days=row["checkpoint"]) if "checkpoint" in row else None,
            question=row.get("question", ""),
        )
        for row in rows
    ]
    campaign.refresh_from_db()
    set_stages(campaign=campaign, stages=stages, by=campaign.owner, expected=campaign.version)


def keep_template(today: date) -> None:
    """A campaign that went well, kept by its owner."""
    slug, name, note = TEMPLATE
    source = Campaign.objects.filter(submission=submission(slug)).first()
    if source and not CampaignTemplate.objects.filter(name=name).exists():
        with acting(source.owner, today - timedelta(days=2), 16):
            keep_as_template(campaign=source, name=name, note=note, by=source.owner)
