"""Keeps SQLite's full-text tables in step with what they index; PostgreSQL does it by itself."""

from core.triggers import Trigger

_ENTRY = ("desk_searchentry", "desk_searchtext", ("head", "words"))
_WORD = ("desk_searchword", "desk_searchpiece", ("word",))


def _kept(table: str, index: str, columns: tuple[str, ...]) -> list[Trigger]:
    names = ", ".join(columns)
    old, new = (", ".join(f"{row}.{name}" for name in columns) for row in ("OLD", "NEW"))
    gone = f"INSERT INTO {index}({index}, rowid, {names}) VALUES ('delete', OLD.id, {old});"
    come = f"INSERT INTO {index}(rowid, {names}) VALUES (NEW.id, {new});"
    bodies = {"insert": come, "delete": gone, f"update OF {names}": gone + come}
    return [_after(table, index, event, body) for event, body in bodies.items()]


def _after(table: str, index: str, event: str, body: str) -> Trigger:
    # Not ek_: it must also run where tests put the others aside to empty the tables.
    name = f"{index}_{event.split()[0]}"
    statements = (
        f"DROP TRIGGER IF EXISTS {name}",
        f"CREATE TRIGGER {name} AFTER {event} ON {table} FOR EACH ROW BEGIN {body} END",
    )
    return Trigger(name, table, (), statements)


TRIGGERS = [*_kept(*_ENTRY), *_kept(*_WORD)]
