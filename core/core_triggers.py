"""Triggers of the core app's own tables (`core.triggers` is the machinery)."""

from core.delivery.triggers import edge_trigger
from core.triggers import append_only

TRIGGERS = [
    *append_only("core_auditevent"),
    *append_only("core_deliveryevent"),
    edge_trigger("core_outgoingmail"),
]
