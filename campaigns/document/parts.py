"""The parts of the plan as a document: a registry that this app and higher ones fill at start-up.

    @document_part("kpis", _("KPIs"), order=80, page="kpis:targets", template="kpis/document/part.html")
    def kpi_part(dossier: Dossier, user: User) -> dict[str, Any] | None:
        return {"rows": targets_of(dossier)} or None for nothing to show

A part is cheap (constant queries) and links to nothing: its reader may be somebody without an account.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone

from accounts.models import User
from accounts.permissions import access_for
from campaigns.enums import Phase, Preparation
from campaigns.models import Campaign
from campaigns.services.dossier import Dossier

Build = Callable[[Dossier, User], dict[str, Any] | None]


@dataclass(frozen=True)
class PartKind:
    """A part that a document may have. `page`: who may open that one sees the part, too.

    `usual`: whether it is ticked at first in a link for people outside.
    """

    key: str
    title: Any
    template: str
    build: Build
    order: int
    page: str
    usual: bool

    def open_to(self, user: User) -> bool:
        """Whether one of the person's roles opens the page on which this stands."""
        row = access_for(self.page)
        return row is not None and row.may_see(user.rights.roles)


@dataclass(frozen=True)
class Part:
    """A part with what it shows."""

    key: str
    title: str
    template: str
    context: dict[str, Any]


@dataclass(frozen=True)
class Document:
    """The plan of one campaign as one person may see it, cut down to the parts asked for."""

    campaign: Campaign
    dossier: Dossier
    parts: list[Part]
    made: datetime = field(default_factory=timezone.now)

    @property
    def keys(self) -> set[str]:
        """Which parts there are."""
        return {part.key for part in self.parts}

    @property
    def phase(self) -> Phase:
        """Preparation and running in one word."""
        return Phase(self.campaign.phase)

    @property
    def release(self) -> int | None:
        """The number of the release that these words are, None for a plan that is still worked on."""
        approved = self.campaign.state in (Preparation.APPROVED, Preparation.EVALUATED)
        return self.campaign.release.number if approved and self.campaign.release else None


_kinds: dict[str, PartKind] = {}


def document_part(
    key: str,
    title: Any,
    *,
    order: int,
    page: str = "campaigns:detail",
    template: str = "",
    usual: bool = True,
) -> Callable[[Build], Build]:
    """Decorator: this function gives what the part shows, or None for nothing."""

    def keep(build: Build) -> Build:
        if key in _kinds and _kinds[key].build is not build:
            raise ValueError(f"{key} is registered twice")
        where = template or f"campaigns/document/parts/{key}.html"
        _kinds[key] = PartKind(key, title, where, build, order, page, usual)
        return build

    return keep


def part_kinds(user: User) -> list[PartKind]:
    """The parts that the person may see, in order."""
    return [kind for kind in sorted(_kinds.values(), key=lambda kind: kind.order) if kind.open_to(user)]


def document_of(campaign: Campaign, user: User, only: Collection[str] | None = None) -> Document:
    """The plan as `user` may see it; `only`: keys of the parts wanted, None for all."""
    dossier = Dossier(campaign)
    # Rules and parts look at the regions that the dossier reads.
    campaign._prefetched_objects_cache = {}
    campaign._prefetched_objects_cache = {"regions": dossier.regions}
    parts = []
    for kind in part_kinds(user):
        shown = kind.build(dossier, user) if only is None or kind.key in only else None
        if shown is not None:
            parts.append(Part(kind.key, str(kind.title), kind.template, shown))
    return Document(campaign, dossier, parts)
