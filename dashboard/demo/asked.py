"""Questions that customers asked and nobody had foreseen: asked, answered or declined on their own days."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid5

from briefings.models import AskedQuestion, Briefing
from briefings.services import asking
from campaigns.models import Campaign
from dashboard.demo.clock import acting
from dashboard.demo.company import Company
from dashboard.demo.plan import NAMESPACE

Row = dict[str, Any]


def tell(row: Row, company: Company, today: date, campaign: Campaign | None) -> None:
    """Ask it, and close it if the file says how; one that is there already stays as it is."""
    submission = uuid5(NAMESPACE, row["said"])
    if AskedQuestion.objects.filter(submission=submission).exists():
        return
    asker, region = company.people[row["asker"]], company.regions[row["region"]]
    with acting(asker, today + timedelta(days=row["day"]), 14, 25):
        question = asking.ask(
            by=asker, region=region, said=row["said"], submission=submission, campaign=campaign
        )
    if "answer_day" in row:
        with acting(campaign.owner, today + timedelta(days=row["answer_day"]), 10, 15):
            _close(question, row)


def _close(question: AskedQuestion, row: Row) -> None:
    by = question.campaign.owner
    if "reason" in row:
        asking.decline(question=question, by=by, reason=row["reason"])
        return
    briefings = Briefing.objects.filter(
        campaign=question.campaign,
        campaign_region__region=question.region,
        audience__in=row.get("audiences", []),
    )
    asking.answer(question=question, by=by, asked=row["question"], reply=row["answer"], briefings=briefings)
