"""The training record: my own, my team's, and reading again what is still running."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from accounts.models import Team
from accounts.permissions import can
from briefings.errors import NotAddressed, Superseded
from briefings.models import TrainingRhythm
from briefings.models.training import LONGEST_DAYS, SHORTEST_DAYS
from briefings.services import training
from briefings.services.training import PersonRecord, Standing
from briefings.views.reader import posted_version, show_newer
from core.paging import page_urls
from core.sheets import TYPES, download

PEOPLE_SHOWN = 50


class RhythmForm(forms.Form):
    """After how many days a team reads again; empty for never."""

    every_days = forms.IntegerField(
        label=gettext_lazy("Read again after (days)"),
        required=False,
        min_value=SHORTEST_DAYS,
        max_value=LONGEST_DAYS,
        help_text=gettext_lazy("From 7 to 365, as long as a campaign runs. Leave it empty for never."),
    )


def _team(request: HttpRequest, pk: int) -> Team:
    """A team that the person manages; 404 if it is not his to see, 403 if he does not manage it."""
    team = get_object_or_404(Team.objects.visible_to(request.user).prefetch_related("regions"), pk=pk)
    if not can(request.user, "team.manage", team):
        raise PermissionDenied(_("Only those who lead this team see its training record."))
    return team


@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """What I have read, confirmed, understood, and what I have to read again."""
    context = {"record": training.record_of(request.user), "nav_current": "briefings"}
    return render(request, "briefings/training/mine.html", context)


@require_GET
def team(request: HttpRequest, pk: int) -> HttpResponse:
    """Who of a team is up to date; for its lead and deputy, and for managers."""
    return _show(request, _team(request, pk))


def _show(request: HttpRequest, found: Team, form: RhythmForm | None = None) -> HttpResponse:
    rhythm = TrainingRhythm.objects.filter(team=found).first()
    people = training.team_records(found)
    page = Paginator(people, PEOPLE_SHOWN).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "team": found,
        "people": page.object_list,
        "total": len(people),
        "done": sum(one.up_to_date for one in people),
        "rhythm": rhythm,
        "form": form or RhythmForm(initial={"every_days": rhythm.every_days if rhythm else None}),
        **page_urls(request, page),
    }
    status = 422 if form is not None else 200
    return render(request, "briefings/training/team.html", context, status=status)


@require_POST
def rhythm(request: HttpRequest, pk: int) -> HttpResponse:
    """Set after how many days the team reads again."""
    found, form = _team(request, pk), RhythmForm(request.POST)
    if not form.is_valid():
        return _show(request, found, form)
    training.set_rhythm(team=found, by=request.user, every_days=form.cleaned_data["every_days"])
    messages.success(request, _("The training rhythm is saved."))
    return redirect("briefings:training_team", pk)


HEADER = (
    gettext_lazy("Person"),
    gettext_lazy("E-mail address"),
    gettext_lazy("Briefing"),
    gettext_lazy("Region"),
    gettext_lazy("Version"),
    gettext_lazy("State"),
    gettext_lazy("First read"),
    gettext_lazy("Confirmed"),
    gettext_lazy("Read again"),
    gettext_lazy("Due"),
    gettext_lazy("Right at the first try"),
    gettext_lazy("Questions answered"),
)


def _rows(people: list[PersonRecord]) -> Iterator[tuple[Any, ...]]:
    for one in people:
        for lesson in one.lessons:
            item = lesson.item
            yield (
                str(one.user),
                one.user.email,
                lesson.title,
                lesson.briefing.campaign_region.region.name,
                item.version.number,
                str(Standing(lesson.standing).label),
                item.first_read_at,
                item.confirmed_at,
                item.refreshed_at,
                lesson.due_on,
                lesson.right,
                lesson.tries,
            )


@require_GET
def export(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """The team's record as a file, one row per person and briefing."""
    found = _team(request, pk)
    if kind not in TYPES:
        raise Http404
    header = [str(word) for word in HEADER]
    return download(kind, f"training-{found.pk}", header, _rows(training.team_records(found)), found.name)


@require_POST
def refresh(request: HttpRequest, pk: int) -> HttpResponse:
    """I have read it again; 409 with the newer version when there is one."""
    try:
        training.refresh(version=posted_version(request, pk), user=request.user)
    except NotAddressed as refused:
        raise Http404 from refused
    except Superseded as newer:
        return show_newer(request, newer)
    return redirect("briefings:read", pk)
