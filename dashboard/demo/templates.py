"""The templates that authors of the demo company start from."""

from datetime import date, timedelta
from typing import Any

from briefings.models import BriefingTemplate
from briefings.services.templates import save_template
from dashboard.demo.clock import acting
from dashboard.demo.company import Company


def load(rows: list[dict[str, Any]], company: Company, today: date) -> None:
    """Make those whose name is missing in their language."""
    for row in rows:
        if not BriefingTemplate.objects.filter(name=row["name"], language=row["language"]).exists():
            _make(row, company, today)


def _make(row: dict[str, Any], company: Company, today: date) -> None:
    author = company.people[row["author"]]
    values = {name: value.strip() for name, value in row.items() if isinstance(value, str)}
    values["questions"] = [{"question": one[0], "answer": one[1]} for one in row["questions"]]
    with acting(author, today + timedelta(days=row["day"]), 15, 30):
        save_template(template=BriefingTemplate(), by=author, values=values)
