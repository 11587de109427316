"""Published briefings and confirmations stay as they are; deliveries move only along known edges."""

from core.delivery.triggers import edge_trigger
from core.triggers import append_only, refuse

_ASKED = "briefings_askedquestion"


def _changed(*columns: str) -> str:
    return " OR ".join(f"OLD.{name} <> NEW.{name}" for name in columns)


TRIGGERS = [
    *append_only("briefings_briefingversion"),
    *append_only("briefings_confirmation"),
    *append_only("briefings_clearance"),
    *append_only("briefings_checkanswer"),
    *append_only("briefings_refresher"),
    edge_trigger("briefings_delivery"),
    refuse(
        name="ek_asked_stays",
        table=_ASKED,
        event="UPDATE",
        when=f"({_changed('said', 'asker_id', 'region_id', 'asked_at', 'submission')})"
        f" OR OLD.state <> 'open' AND ({_changed('state', 'question', 'answer', 'reason', 'answered_at')})",
        message="A question stays as it was asked, and its answer as it was given",
    ),
    refuse(name="ek_asked_is_kept", table=_ASKED, event="DELETE", message="A question from the desk is kept"),
]
