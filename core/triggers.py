"""Invariants below the services: triggers on both databases.

Every app may have a `triggers.py` with a list `TRIGGERS`. All of them are (re)created after each
`migrate`, because SQLite drops the triggers of a table whenever Django rebuilds it (docs/adr/0002).
A refused write raises IntegrityError on both databases.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Literal

from django.apps import apps
from django.db import connections
from django.utils.module_loading import module_has_submodule

Event = Literal["INSERT", "UPDATE", "DELETE"]


@dataclass(frozen=True)
class Trigger:
    """One trigger; `name` starts with ek_. `postgres` and `sqlite` are complete statements."""

    name: str
    table: str
    postgres: tuple[str, ...]
    sqlite: tuple[str, ...]


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _function(name: str, body: str) -> str:
    return f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$"


def act(*, name: str, table: str, event: Event, body: str, sqlite_body: str | None = None) -> Trigger:
    """A trigger that runs `body` (SQL statements, each ending in a semicolon) after `event` on a row."""
    postgres = (
        _function(name, f"{body} RETURN NULL;"),
        f"CREATE OR REPLACE TRIGGER {name} AFTER {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
    )
    sqlite = (
        f"DROP TRIGGER IF EXISTS {name}",
        f"CREATE TRIGGER {name} AFTER {event} ON {table} FOR EACH ROW BEGIN {sqlite_body or body} END",
    )
    return Trigger(name, table, postgres, sqlite)


def refuse(*, name: str, table: str, event: Event, message: str, when: str = "") -> Trigger:
    """A trigger that refuses `event` on rows for which the SQL condition `when` (on OLD/NEW) holds."""
    row = "OLD" if event == "DELETE" else "NEW"
    raising = f"RAISE EXCEPTION USING ERRCODE = 'check_violation', MESSAGE = {_quoted(message)};"
    body = f"IF {when} THEN {raising} END IF;" if when else raising
    postgres = (
        _function(name, f"{body} RETURN {row};"),
        f"CREATE OR REPLACE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
    )
    condition = f"WHEN {when} " if when else ""
    sqlite = (
        f"DROP TRIGGER IF EXISTS {name}",
        f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW {condition}"
        f"BEGIN SELECT RAISE(ABORT, {_quoted(message)}); END",
    )
    return Trigger(name, table, postgres, sqlite)


def append_only(table: str) -> list[Trigger]:
    """Triggers that refuse every UPDATE and DELETE on `table`."""
    message = f"{table} is append-only"
    return [
        refuse(name=f"ek_{table}_no_update", table=table, event="UPDATE", message=message),
        refuse(name=f"ek_{table}_no_delete", table=table, event="DELETE", message=message),
    ]


def all_triggers() -> Sequence[Trigger]:
    """The triggers of every installed app."""
    found: list[Trigger] = []
    for config in apps.get_app_configs():
        if module_has_submodule(config.module, "triggers") and config.name != "core":
            found += getattr(import_module(f"{config.name}.triggers"), "TRIGGERS", [])
    found += import_module("core.core_triggers").TRIGGERS
    return found


def drop_for_migration(using: str = "default") -> None:
    """Drop our triggers on SQLite: a migration that makes a table anew fails on every trigger that names it.

    `migrate` puts them back when it is done (`install`).
    """
    connection = connections[using]
    if connection.vendor != "sqlite":
        return
    declared = {trigger.name for trigger in all_triggers()}
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (name,) in cursor.fetchall():
            if name in declared or name.startswith("ek_"):
                cursor.execute(f"DROP TRIGGER {connection.ops.quote_name(name)}")


def install(using: str = "default") -> None:
    """Create or replace all triggers whose table exists; safe to repeat."""
    connection = connections[using]
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        for trigger in all_triggers():
            if trigger.table in tables:
                for statement in getattr(trigger, "sqlite" if connection.vendor == "sqlite" else "postgres"):
                    cursor.execute(statement)
