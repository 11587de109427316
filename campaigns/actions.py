"""Buttons in the head of the campaign page: each topic registers what fits the state and the person.

@head_actions.register("launch")
def launch_actions(dossier, user) -> list[Action]: ...
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from core.registry import Registry

if TYPE_CHECKING:
    from accounts.models import User
    from campaigns.services.dossier import Dossier


@dataclass(frozen=True)
class Action:
    """A button; `post` sends a form to `url`, else it is a link. Only the first primary one stays filled."""

    label: str
    url: str
    icon: str
    post: bool = False
    primary: bool = False
    order: int = 50


head_actions: "Registry[Callable[[Dossier, User], list[Action]]]" = Registry()


def actions_for(dossier: "Dossier", user: "User") -> list[Action]:
    """The buttons in order, at most one of them filled and that one last."""
    found = sorted(
        (action for make in head_actions for action in make(dossier, user)), key=lambda action: action.order
    )
    filled = next((action for action in found if action.primary), None)
    quiet = [replace(action, primary=False) for action in found if action is not filled]
    return [*quiet, filled] if filled else quiet
