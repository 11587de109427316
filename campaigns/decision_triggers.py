"""What is decided stays as it is, whoever writes: the moves of a decision, and answers given once."""

from core.triggers import Trigger, refuse

DECISION, SIGNOFF = "campaigns_decision", "campaigns_signoff"
_EDGES = (
    *(("draft", state) for state in ("draft", "asked", "decided", "withdrawn")),
    *(("asked", state) for state in ("draft", "decided", "withdrawn")),
    ("decided", "superseded"),
)
_TEXTS = ("title", "what", "why", "alternatives", "effort", "currency", "words")
_KEYS = (
    *("campaign_id", "release_id", "campaign_region_id", "budget_round_id", "channel_id", "exception_id"),
    "supersedes_id",
)


def _differ(columns: tuple[str, ...], nothing: str) -> str:
    """Whether one of the columns says something else than before; NULL counts as `nothing`."""
    return " OR ".join(f"COALESCE(NEW.{c}, {nothing}) <> COALESCE(OLD.{c}, {nothing})" for c in columns)


_OFF_THE_EDGES = "NOT ({})".format(
    " OR ".join(f"(OLD.state = '{a}' AND NEW.state = '{b}')" for a, b in _EDGES)
)
_CONTENT = f"{_differ(_TEXTS, repr(''))} OR {_differ(_KEYS, '0')} OR {_differ(('cost',), '-1')}"
_SAME_DAY = "(NEW.due_on IS NULL AND OLD.due_on IS NULL OR NEW.due_on = OLD.due_on)"
_KEPT = "NEW.id <> OLD.id OR NEW.kind <> OLD.kind OR NEW.by_id <> OLD.by_id OR NEW.at <> OLD.at"
_MOVED_ON = f"""NEW.turn <> OLD.turn OR {_differ(("decided_by_id",), "0")} OR NEW.despite <> OLD.despite
    OR COALESCE(NEW.decided_at, OLD.at) <> COALESCE(OLD.decided_at, OLD.at) OR NOT {_SAME_DAY}"""
_DECIDER_MISSING = "NEW.state = 'decided' AND (NEW.decided_by_id IS NULL OR NEW.decided_at IS NULL)"
_NO_SUCCESSOR = f"""NEW.state = 'superseded' AND NOT EXISTS (SELECT 1 FROM {DECISION} s
    WHERE s.id = NEW.superseded_by_id AND s.state = 'decided' AND s.supersedes_id = NEW.id)"""
_REFUSED = f"""OLD.kind <> 'general' OR {_OFF_THE_EDGES} OR {_KEPT}
    OR (OLD.state <> 'draft' AND ({_CONTENT})) OR (OLD.state = 'decided' AND ({_MOVED_ON}))
    OR (NEW.state <> 'superseded' AND NEW.superseded_by_id IS NOT NULL) OR ({_DECIDER_MISSING})
    OR ({_NO_SUCCESSOR})"""
_NOT_ASKED = f"""NOT EXISTS (SELECT 1 FROM {DECISION} d
    WHERE d.id = NEW.decision_id AND d.state = 'asked' AND d.turn = NEW.turn)"""
_ANSWERED = f"""OLD.answer <> '' OR NEW.decision_id <> OLD.decision_id OR NEW.turn <> OLD.turn
    OR NEW.department_id <> OLD.department_id OR NEW.asked_at <> OLD.asked_at OR {_NOT_ASKED}"""

TRIGGERS: list[Trigger] = [
    refuse(
        name=f"ek_{DECISION}_no_update",
        table=DECISION,
        event="UPDATE",
        when=_REFUSED,
        message=f"{DECISION} is append-only: what is decided stays as it is",
    ),
    refuse(
        name=f"ek_{DECISION}_no_delete",
        table=DECISION,
        event="DELETE",
        message=f"{DECISION} is append-only",
    ),
    refuse(
        name="ek_signoff_answered_once",
        table=SIGNOFF,
        event="UPDATE",
        when=_ANSWERED,
        message="A sign-off is answered once, while the decision asks for it",
    ),
    refuse(name="ek_signoff_no_delete", table=SIGNOFF, event="DELETE", message=f"{SIGNOFF} is append-only"),
]
