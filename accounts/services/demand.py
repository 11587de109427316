"""The right to act, asked once more inside every service."""

from typing import Any

from django.core.exceptions import PermissionDenied

from accounts.models import User
from accounts.permissions import can


def demand(by: User | None, action: str, obj: Any = None) -> None:
    """Raise PermissionDenied unless `by` may do it; nobody (None: the program itself) may do everything."""
    if by is not None and not can(by, action, obj):
        raise PermissionDenied
