"""Triggers of the core app's own tables (`core.triggers` is the machinery)."""

from core.triggers import append_only

TRIGGERS = [*append_only("core_auditevent")]
