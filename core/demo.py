"""The demo's sign-ins for the sign-in page; shown only while all parts are embedded on this machine."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from core.registry import Registry


@dataclass(frozen=True)
class DemoSignIn:
    """A demo person: what he does in the company (`role`), and how he signs in."""

    name: str
    role: Any
    email: str
    password: str


# () -> the demo people of an app, in the order of the sign-in page.
sign_ins: Registry[Callable[[], list[DemoSignIn]]] = Registry()


def demo_sign_ins() -> list[DemoSignIn]:
    """All registered demo people; nobody unless EMBEDDED."""
    if not settings.EMBEDDED:
        return []
    return [person for source in sign_ins for person in source()]
