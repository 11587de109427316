"""What every URL of the authorisation matrix is tried with: one builder per URL name.

    @builds("teams:detail")
    def team_detail(place: Place) -> Target:
        return Target({"pk": team_in(place).pk})

A builder makes, in `place.region`, what the address shows, and says what a person who may gets as an answer.
`place.mine` is True when `place.user` should reach it: his region, or, for scope OWN and for teams, himself.
`plain("campaigns:list")` does for names without an object. Every module of this package is read: each app has
its own (people.py, channels.py, campaigns.py ...).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from accounts.enums import Role
from accounts.models import Region, User


@dataclass(frozen=True)
class Place:
    """Who asks, with which role, about which region."""

    user: User
    role: str
    region: Region
    mine: bool


@dataclass(frozen=True)
class Target:
    """Arguments of the address and the answers to a person who may.

    `get` and `post` are the statuses of a GET and of a POST with `data`; `foreign` is the answer to both when
    the object lies in a foreign region (None: the address has no object, so it answers as in the own region).
    `forbidden` lists roles that the table lets through but the rule about this object does not (403).
    `nobody` are the statuses of GET and POST for somebody who isn't signed in, of PUBLIC addresses only.
    """

    kwargs: dict[str, Any] = field(default_factory=dict)
    data: dict[str, Any] = field(default_factory=dict)
    query: str = ""
    get: int = 200
    post: int = 302
    foreign: int | None = 404
    forbidden: tuple[str, ...] = ()
    nobody: tuple[int, int] | None = None


Builder = Callable[[Place], Target]
BUILDERS: dict[str, Builder] = {}


def builds(*names: str) -> Callable[[Builder], Builder]:
    """Decorator: this function builds the objects of these URL names."""

    def keep(function: Builder) -> Builder:
        for name in names:
            assert name not in BUILDERS, f"{name} has two builders"
            BUILDERS[name] = function
        return function

    return keep


def plain(*names: str, **answers: Any) -> None:
    """These names need no object."""
    target = Target(**({"foreign": None} | answers))
    for name in names:
        BUILDERS[name] = lambda place, target=target: target


FRONT = (Role.STAFF, Role.TEAM_LEAD)


def invited(place: Place, campaign: Any) -> None:
    """A partner sees what his department was invited to, wherever he holds the role; staff, by name."""
    from tests.factories import DepartmentFactory

    if place.mine and place.role == Role.PARTNER:
        place.user.department = DepartmentFactory()
        place.user.save()
        campaign.partners.create(department=place.user.department)
    if place.mine and place.role in FRONT:
        campaign.partners.create(person=place.user)
