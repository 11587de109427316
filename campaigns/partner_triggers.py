"""What was contributed, asked and answered stays as it was said, whoever writes."""

from core.triggers import Trigger, refuse

TABLE = "campaigns_contribution"
_SAID = ("campaign_id", "kind", "text", "by_id", "at", "submission")
_TO = ("department_id", "person_id")
_OVER = "('unable', 'answered', 'taken', 'declined', 'withdrawn')"
_OTHERS = " OR ".join(
    [f"NEW.{name} <> OLD.{name}" for name in _SAID]
    + [f"COALESCE(NEW.{name}, 0) <> COALESCE(OLD.{name}, 0)" for name in _TO]
)
_REFUSED = f"""{_OTHERS} OR (OLD.answer <> '' AND NEW.answer <> OLD.answer)
    OR (OLD.state IN {_OVER} AND (NEW.state <> OLD.state OR NEW.reason <> OLD.reason))
    OR (OLD.state = 'given' AND NEW.state NOT IN ('given', 'taken', 'declined', 'withdrawn'))"""

TRIGGERS: list[Trigger] = [
    refuse(
        name="ek_contribution_stays",
        table=TABLE,
        event="UPDATE",
        when=_REFUSED,
        message=f"{TABLE} is append-only: what was said stays as it is",
    ),
    refuse(name="ek_contribution_no_delete", table=TABLE, event="DELETE", message=f"{TABLE} is append-only"),
]
