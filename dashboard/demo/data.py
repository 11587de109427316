"""The demo's data files. Days in them are counted from today: 0 is today, -7 a week ago."""

import tomllib
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent / "data"


def company() -> dict[str, Any]:
    """Departments, regions, people, teams, goals, KPIs."""
    return tomllib.loads((FOLDER / "company.toml").read_text(encoding="utf-8"))


def desk() -> dict[str, Any]:
    """Questions that no campaign is known for, and the templates of briefings."""
    return tomllib.loads((FOLDER / "desk.toml").read_text(encoding="utf-8"))


def campaigns() -> list[dict[str, Any]]:
    """One campaign with its story per file, in the order of the files' names."""
    files = sorted((FOLDER / "campaigns").glob("*.toml"))
    return [tomllib.loads(file.read_text(encoding="utf-8")) for file in files]
