"""The demo's strategy with its goals, the board of themes and the log of decisions; data/strategy.toml."""

import tomllib
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from accounts.models import User
from campaigns.models import Campaign, Decision, Duty, Goal, Milestone, Strategy, Theme
from campaigns.services import decisions, strategy, themes
from dashboard.demo.clock import acting
from dashboard.demo.company import Company
from dashboard.demo.data import FOLDER
from dashboard.demo.plan import submission

Row = dict[str, Any]


@cache
def _file() -> Row:
    return tomllib.loads((FOLDER / "strategy.toml").read_text(encoding="utf-8"))


def tell(company: Company, today: date) -> None:
    """Everything the file has; what is there already stays as people have left it."""
    rows = _file()
    if not Strategy.objects.filter(title=rows["strategy"]["title"]).exists():
        _strategy(rows["strategy"], company, today)
    for row in rows["themes"]:
        _theme(row, company, today)
    if not Decision.objects.filter(kind="general").exists():
        for row in rows["decisions"]:
            _decision(row, company, today)


def _strategy(row: Row, company: Company, today: date) -> None:
    owner = company.people[row["owner"]]
    names = ("title", "opportunity", "feasibility", "resources", "effort")
    with acting(owner, today + timedelta(days=row["day"]), 9, 0):
        made = strategy.create_strategy(
            by=owner,
            values={name: row[name] for name in names}
            | {"owner": owner, "amount": Decimal(row["amount"]), "currency": "EUR"}
            | {"starts_on": date(today.year, 1, 1), "ends_on": date(today.year + 1, 12, 31)},
        )
        for one in row["milestones"]:
            values = {"on": today + timedelta(days=one["day"]), "title": one["title"]}
            part = Milestone(strategy=made)
            strategy.save_part(part=part, by=owner, values=values | {"reached": one["day"] < 0}, expected=1)
        for code, text in row["carries"].items():
            values = {"department": company.departments[code], "text": text}
            strategy.save_part(part=Duty(strategy=made), by=owner, values=values, expected=1)
        for one in row["goals"]:
            _goal(one, made, company, today, owner)


def _goal(row: Row, made: Strategy, company: Company, today: date, owner: User) -> None:
    """A goal that the company has gets its place in the strategy; others are added."""
    known = company.goals.get(row["key"])
    goal = known or Goal()
    if goal.strategy_id:
        return
    goal.strategy = made
    values: Row = {
        "kind": "secondary" if "parent" in row else "primary",
        "strategy": made,
        "departments": [company.departments[code] for code in row.get("departments", [])],
        "channels": [company.channels[code] for code in row.get("channels", [])],
        "kpi": row.get("kpi", ""),
        "target": Decimal(row["target"]) if "target" in row else None,
        "due_on": date(today.year + 1, 12, 31),
    }
    if "parent" in row:
        values["parent"] = company.goals[row["parent"]]
    if known is None:
        values |= {"title": row["title"], "measure": row["measure"]}
    company.goals[row["key"]] = strategy.save_part(part=goal, by=owner, values=values, expected=goal.version)


def _theme(row: Row, company: Company, today: date) -> None:
    people = [company.people[key] for key in row["votes"]]
    author = company.people[row["by"]]
    theme = Theme.objects.filter(title=row["title"]).first()
    if theme is not None and (theme.description or theme.version > 1):
        return
    day = today + timedelta(days=row["day"])
    with acting(author, day, 10, 0):
        if theme is None:
            values = {"title": row["title"], "description": row["description"]}
            theme = themes.add_theme(by=author, values=values)
        else:
            values = {"description": row["description"]}
            themes.save_theme(theme=theme, by=author, values=values, expected=theme.version)
    for person in people:
        themes.vote(theme=theme, by=person, wanted=True)
    for key, text in row.get("comments", []):
        with acting(company.people[key], day + timedelta(days=1), 11, 0):
            themes.comment(theme=theme, by=company.people[key], text=text)
    theme.refresh_from_db()
    if row["state"] != theme.state:
        with acting(author, day + timedelta(days=2), 12, 0):
            reason, seen = row.get("reason", ""), theme.version
            themes.move_theme(theme=theme, by=author, state=row["state"], expected=seen, reason=reason)


def _decision(row: Row, company: Company, today: date) -> None:
    """Written, asked, answered, decided: as far as the row goes."""
    by, day = company.people[row["by"]], today + timedelta(days=row["day"])
    values: Row = {name: row[name] for name in ("title", "what", "why")}
    values |= {name: row[name] for name in ("alternatives", "effort") if name in row}
    if "cost" in row:
        values |= {"cost": Decimal(row["cost"]), "currency": "EUR"}
    if "campaign" in row:
        values["campaign"] = Campaign.objects.filter(submission=submission(row["campaign"])).first()
    if "channel" in row:
        values["channel"] = company.channels[row["channel"]]
    if "supersedes" in row:
        values["supersedes"] = Decision.objects.filter(title=row["supersedes"]).first()
    with acting(by, day, 9, 30):
        made = decisions.write(by=by, values=values)
        if "ask" in row:
            asked = [company.departments[code] for code in row["ask"]]
            due = today + timedelta(days=row["due"])
            made = decisions.ask(decision=made, by=by, departments=asked, due_on=due)
    for key, yes, reason in row.get("answers", []):
        person = company.people[key]
        with acting(person, day + timedelta(days=1), 14, 0):
            department = person.department
            decisions.answer(decision=made, department=department, by=person, yes=yes, reason=reason)
    if "decided_by" in row:
        person = company.people[row["decided_by"]]
        with acting(person, day + timedelta(days=2), 16, 0):
            decisions.decide(decision=made, by=person, despite=row.get("despite", ""))
    if row.get("withdrawn"):
        with acting(by, day + timedelta(days=2), 16, 0):
            decisions.withdraw(decision=made, by=by)
