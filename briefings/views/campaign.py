"""The tab Briefings of a campaign: who is told what, how far it is, who is missing."""

import hashlib
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from accounts.enums import Language
from accounts.models import User
from accounts.permissions import can
from briefings.checks import anchor, is_published
from briefings.models import Briefing
from briefings.services.due import Due, due_of
from briefings.services.reminding import remind_now
from briefings.services.status import AudienceStatus, campaign_status, missing_people
from briefings.views.common import visible_campaign, writable_briefing
from campaigns.enums import Running
from campaigns.querysets import IDLE
from campaigns.services.dossier import Dossier
from core import formats
from core.delivery.states import State

TROUBLE = (State.FAILED, State.UNCERTAIN)


@dataclass
class Cell:
    """One audience in one region: what is drafted and published, who is told, who is missing."""

    status: AudienceStatus
    agreed: Any
    published: bool
    due: Due
    missing: dict[str, list[User]]
    languages: list[tuple[str, str]]
    trouble: int
    may_write: bool

    @property
    def anchor(self) -> str:
        return anchor(self.status)

    @property
    def briefings(self) -> list[Briefing]:
        return self.status.briefings

    @property
    def bar(self) -> list[tuple[str, Any]]:
        """Confirmed share with the agreed one as a mark, for the tag `bar`."""
        return [("good", self.status.share), ("mark", self.agreed)]

    @property
    def late(self) -> bool:
        """The rule is missed: so many working days before the start it should have been published."""
        return self.is_due and self.due.late

    @property
    def is_due(self) -> bool:
        """True while it has to be published before a start."""
        return self.status.region.running == Running.WAITING and not self.published

    @property
    def open_mails(self) -> int:
        return sum(self.status.unsettled.values())

    @property
    def reached(self) -> bool:
        return self.status.reached(self.agreed)


@require_GET
def tab(request: HttpRequest, pk: int) -> HttpResponse:
    """The matrix of regions and audiences. Polled by htmx: 204 while every figure is the same."""
    campaign = visible_campaign(request.user, pk)
    dossier = Dossier(campaign)
    context = {
        "campaign": campaign,
        "dossier": dossier,
        "cells": _by_region(dossier, request.user),
        "may_write": can(request.user, "briefing.write", campaign),
        "closed": campaign.state in IDLE,
    }
    html = render_to_string("briefings/author/matrix.html", context, request)
    seen = hashlib.blake2s(_without_tokens(request, html), digest_size=8).hexdigest()
    if request.htmx and request.GET.get("seen") == seen:
        return HttpResponse(status=204)
    return render(request, "briefings/author/tab.html", context | {"seen": seen})


def _without_tokens(request: HttpRequest, html: str) -> bytes:
    """The page without the form tokens, which are masked anew in every answer."""
    lines = (line for line in html.splitlines() if "csrfmiddlewaretoken" not in line)
    return "\n".join(lines).encode("utf-8", "replace")


def _by_region(dossier: Dossier, user: User) -> list[tuple[Any, list[Cell]]]:
    """The cells of each region, in the order of the regions."""
    campaign = dossier.campaign
    may_write = can(user, "briefing.write", campaign)
    missing = missing_people(campaign, dossier.regions) if may_write else {}
    cells = [
        _cell(dossier, status, missing.get((status.region.region_id, status.audience.value), {}), may_write)
        for status in campaign_status(campaign, dossier.regions)
    ]
    return [(one, [cell for cell in cells if cell.status.region.pk == one.pk]) for one in dossier.regions]


def _cell(dossier: Dossier, status: AudienceStatus, missing: dict, may_write: bool) -> Cell:
    have = {briefing.language for briefing in status.briefings}
    own = status.region.region.language
    ordered = sorted(Language, key=lambda language: language != own)
    return Cell(
        status=status,
        agreed=dossier.campaign.confirm_share,
        published=is_published(dossier, status),
        due=due_of(status.region),
        missing=missing if status.published else {},
        languages=[(one.value, str(one.label)) for one in ordered if one.value not in have],
        trouble=sum(status.unsettled.get(state, 0) for state in TROUBLE),
        may_write=may_write and dossier.campaign.state not in IDLE,
    )


@require_POST
def remind(request: HttpRequest, pk: int) -> HttpResponse:
    """Remind everybody who is missing; nobody is written to twice a day."""
    briefing = writable_briefing(request.user, pk)
    told = remind_now(briefing=briefing, by=request.user) if _can_remind(briefing) else 0
    if told:
        words = ngettext("%(count)s person is reminded.", "%(count)s people are reminded.", told)
        messages.success(request, words % {"count": formats.number(told)})
    else:
        messages.info(request, _("Everybody who is missing has been reminded today already, or is away."))
    return redirect("briefings:campaign", briefing.campaign_id)


def _can_remind(briefing: Briefing) -> bool:
    force = Briefing.objects.in_force().filter(pk=briefing.pk)
    return force.exists()
