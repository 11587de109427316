"""Leads and deputies are members of their team, whoever names them."""

from core.triggers import Event, Trigger, act

TEAM, MEMBER = "accounts_team", "accounts_teammember"


def _joins(role: str, event: Event) -> Trigger:
    person = f"NEW.{role}_id"
    return act(
        name=f"ek_team_{role}_joins_{event.lower()}",
        table=TEAM,
        event=event,
        body=f"INSERT INTO {MEMBER} (team_id, user_id, joined_at)"
        f" SELECT NEW.id, {person}, CURRENT_TIMESTAMP WHERE {person} IS NOT NULL"
        f" AND NOT EXISTS (SELECT 1 FROM {MEMBER} m WHERE m.team_id = NEW.id AND m.user_id = {person});",
    )


TRIGGERS = [_joins(role, event) for role in ("lead", "deputy") for event in ("INSERT", "UPDATE")]
