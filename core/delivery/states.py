"""The states of a delivery and every edge between them: the one table (lifecycle, "Delivery")."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """Where a message to one person stands."""

    QUEUED = "queued", _("Queued")
    CLAIMED = "claimed", _("Being prepared")
    TRANSMITTING = "transmitting", _("Being transmitted")
    SENT = "sent", _("Sent")
    RETRY = "retry", _("Will be tried again")
    FAILED = "failed", _("Failed")
    UNCERTAIN = "uncertain", _("Uncertain")
    CLOSED = "closed", _("Closed")
    WITHHELD = "withheld", _("Withheld")
    CANCELLED = "cancelled", _("Cancelled")


EDGES: dict[State, frozenset[State]] = {
    State.QUEUED: frozenset({State.CLAIMED, State.WITHHELD, State.CANCELLED}),
    State.RETRY: frozenset({State.CLAIMED, State.WITHHELD, State.CANCELLED}),
    State.CLAIMED: frozenset({State.TRANSMITTING, State.RETRY, State.FAILED}),
    State.TRANSMITTING: frozenset({State.SENT, State.RETRY, State.FAILED, State.UNCERTAIN}),
    State.UNCERTAIN: frozenset({State.CLOSED, State.SENT, State.RETRY}),
    State.FAILED: frozenset({State.RETRY}),
    State.WITHHELD: frozenset({State.QUEUED}),
    State.SENT: frozenset(),
    State.CLOSED: frozenset(),
    State.CANCELLED: frozenset(),
}

MAX_ATTEMPTS = 8
WAITING = (State.QUEUED, State.RETRY)
IN_HAND = (State.CLAIMED, State.TRANSMITTING)
# What an operator looks at.
TROUBLE = (State.FAILED, State.UNCERTAIN, State.WITHHELD)
# Nobody may say "all have been told" while a message stands in one of these.
OPEN = (*WAITING, *IN_HAND, State.FAILED, State.UNCERTAIN)


class IllegalEdge(ValueError):
    """Somebody asked for a change of state that the table does not have."""


def require_edge(old: str, new: str) -> None:
    """Raise IllegalEdge unless a delivery may go from `old` to `new`."""
    if State(new) not in EDGES[State(old)]:
        raise IllegalEdge(f"A delivery cannot go from {old} to {new}.")
