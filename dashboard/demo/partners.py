"""Partners of the demo's campaigns: who has looked, who is invited by name, what is asked and answered."""

import tomllib
from datetime import date, timedelta
from typing import Any
from uuid import uuid5

from campaigns.models import Campaign, CampaignPartner, Contribution
from campaigns.services import contributions, team
from dashboard.demo.clock import acting
from dashboard.demo.company import Company
from dashboard.demo.data import FOLDER
from dashboard.demo.plan import NAMESPACE, submission

Row = dict[str, Any]
# What answering and closing usually is, and at what time of the day.
USUAL = {"answer": ("answer", 14), "close": ("take", 16)}
SAYS = {"ask": contributions.ask, "question": contributions.question, "offer": contributions.offer}


def tell(company: Company, today: date) -> None:
    """Everything the file has; what is there already stays as people have left it."""
    rows = tomllib.loads((FOLDER / "partners.toml").read_text(encoding="utf-8"))
    if Contribution.objects.exists():
        return
    for row in rows["invites"]:
        _invite(row, company, today)
    said: dict[str, Contribution] = {}
    for _day, row, part in _in_order(rows["notes"]):
        if part == "say":
            said[row["text"]] = _say(row, company, today)
        else:
            _step(said[row["text"]], row[part], company, today, part)
    for row in rows["looks"]:
        campaign = _campaign(row)
        for key, day in row["people"].items():
            person = company.people[key]
            with acting(person, today + timedelta(days=day), 8, 40):
                team.looked(campaign=campaign, by=person, rows=campaign.partners.all())


def _campaign(row: Row) -> Campaign:
    return Campaign.objects.get(submission=submission(row["campaign"]))


def _invite(row: Row, company: Company, today: date) -> None:
    by = company.people[row["by"]]
    with acting(by, today + timedelta(days=row["day"]), 11, 20):
        team.invite_partners(
            campaign=_campaign(row),
            by=by,
            people=[company.people[key] for key in row["people"]],
            topics=row["topics"],
            wanted=team.Wanted(row["wanted"], today + timedelta(days=row["due"])),
        )


def _in_order(rows: list[Row]) -> list[tuple[int, Row, str]]:
    """Day by day, so that the log reads as it would have been written: saying, answering, closing."""
    steps = [(row["day"], row, "say") for row in rows]
    steps += [(row[part]["day"], row, part) for part in USUAL for row in rows if part in row]
    return sorted(steps, key=lambda step: step[0])


def _say(row: Row, company: Company, today: date) -> Contribution:
    by, campaign = company.people[row["by"]], _campaign(row)
    about: Row = {"text": row["text"], "submission": uuid5(NAMESPACE, row["text"])}
    if row["kind"] != "ask":
        about["campaign"] = campaign
    if "to" in row:
        about["to"] = _partner(campaign, row["to"], company)
    if "due" in row:
        about["due_on"] = today + timedelta(days=row["due"])
    with acting(by, today + timedelta(days=row["day"]), 10, 5):
        return SAYS[row["kind"]](by=by, **about)


def _step(note: Contribution, row: Row, company: Company, today: date, part: str) -> None:
    by, (usual, hour) = company.people[row["by"]], USUAL[part]
    with acting(by, today + timedelta(days=row["day"]), hour, 30):
        getattr(contributions, row.get("step", usual))(note=note, by=by, text=row["text"])


def _partner(campaign: Campaign, to: str, company: Company) -> CampaignPartner:
    rows = campaign.partners.select_related("department", "person", "campaign")
    if to.startswith("@"):
        return rows.get(person=company.people[to[1:]])
    return rows.get(department=company.departments[to])
