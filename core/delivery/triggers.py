"""The edges once more, below the services: a trigger refuses every other change of state."""

from core.delivery.states import EDGES
from core.triggers import Trigger, refuse


def edge_trigger(table: str) -> Trigger:
    """A trigger for a table of deliveries that refuses edges which `states.EDGES` does not have."""
    edges = ", ".join(f"'{old.value}>{new.value}'" for old, news in EDGES.items() for new in sorted(news))
    when = f"OLD.state <> NEW.state AND (OLD.state || '>' || NEW.state) NOT IN ({edges})"
    return refuse(
        name=f"ek_{table}_edges",
        table=table,
        event="UPDATE",
        message="delivery: illegal change of state",
        when=when,
    )
