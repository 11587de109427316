"""Builds the company: regions, departments, people with roles, teams, absences, goals, groups, KPIs, experts.

Everything is found again by its code, address or name and then left as people have changed it.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import models

from accounts.enums import Role
from accounts.models import Department, Region, Team, User
from accounts.services import add_absence, add_member, create_person, grant_role, save_record, save_team
from briefings.services.training import set_rhythm
from campaigns.models import Goal
from channels import reference
from channels.models import Channel
from channels.services import name_expert
from customers.models import TargetGroup
from dashboard.demo import data, groups
from dashboard.demo.people import PASSWORD, address
from kpis.models import Kpi


@dataclass
class Company:
    """The company's records by the keys of the data files."""

    regions: dict[str, Region] = field(default_factory=dict)
    departments: dict[str, Department] = field(default_factory=dict)
    people: dict[str, User] = field(default_factory=dict)
    groups: dict[str, TargetGroup] = field(default_factory=dict)
    goals: dict[str, Goal] = field(default_factory=dict)
    kpis: dict[str, Kpi] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)


def load(day: date) -> Company:
    """Make what is missing and return all of it; `day` is the day from which absences are counted."""
    rows, made = data.company(), Company()
    for row in rows["regions"]:
        made.regions[row["code"]] = _once(Region, "code", row)
    for row in rows["departments"]:
        made.departments[row["code"]] = _once(Department, "code", row)
    _load_people(made, rows["people"])
    for row in rows["teams"]:
        _team(made, row)
    for row in rows["absences"]:
        _absence(made, row, day)
    _load_reference(made, rows)
    return made


def _once(model: type[models.Model], key: str, row: dict[str, Any]) -> models.Model:
    """The record with that key, made from the row if there is none."""
    found = model.objects.filter(**{key: row[key]}).first()
    return found or save_record(record=model(**row), by=None)


def _load_people(made: Company, rows: list[dict[str, Any]]) -> None:
    # One hash for all: hashing well is slow by design.
    password = make_password(PASSWORD)
    for row in rows:
        found = User.objects.filter(email=address(row["key"])).first()
        made.people[row["key"]] = found or _person(made, row, password)


def _person(made: Company, row: dict[str, Any], password: str) -> User:
    user = create_person(
        email=address(row["key"]),
        by=None,
        first_name=row["first"],
        last_name=row["last"],
        department=made.departments[row["department"]],
        phone=row.get("phone", ""),
        language=row.get("language", "de"),
        timezone=row.get("timezone", "Europe/Berlin"),
    )
    User.objects.filter(pk=user.pk).update(password=password)
    user.password = password
    for role in row["roles"]:
        name, _, codes = role.partition(":")
        for code in codes.split(",") if codes else [None]:
            grant_role(user=user, role=Role(name), region=made.regions[code] if code else None, by=None)
    return user


def _team(made: Company, row: dict[str, Any]) -> None:
    if Team.objects.filter(name=row["name"]).exists():
        return
    team = save_team(
        team=Team(),
        regions=[made.regions[code] for code in row["regions"]],
        by=None,
        name=row["name"],
        audience=row["audience"],
        lead=made.people[row["lead"]],
        deputy=made.people[row["deputy"]],
    )
    for key in row.get("members", []):
        add_member(team=team, user=made.people[key], by=None)
    if "rhythm" in row:
        set_rhythm(team=team, by=team.lead, every_days=row["rhythm"])


def _absence(made: Company, row: dict[str, Any], day: date) -> None:
    user = made.people[row["person"]]
    # Whoever has days away on record was given them by an earlier run.
    if user.absences.filter(note=row["note"]).exists():
        return
    first = day + timedelta(days=row["first"])
    add_absence(
        user=user, starts_on=first, ends_on=day + timedelta(days=row["last"]), note=row["note"], by=None
    )


def _load_reference(made: Company, rows: dict[str, Any]) -> None:
    for row in rows["goals"]:
        values = {name: value for name, value in row.items() if name != "key"}
        made.goals[row["key"]] = _once(Goal, "title", values)
    for row in rows["kpis"]:
        made.kpis[row["code"]] = _once(Kpi, "code", row)
    reference.load()
    made.channels = {channel.code: channel for channel in Channel.objects.all()}
    made.groups = groups.load(made.regions, made.channels)
    for key, codes in rows["experts"].items():
        for code in codes:
            _expert(made.channels[code], made.people[key])


def _expert(channel: Channel, user: User) -> None:
    # Somebody whom a manager has since taken off the channel stays off.
    if channel.expert_links.exists() and channel.expert_links.filter(user=user).exists():
        return
    name_expert(channel=channel, user=user, by=None)
