"""Teams: who serves which audience and regions, their members and absences."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import reads
from accounts.forms import AbsenceForm, MemberForm, TeamFilter, TeamForm, attempt
from accounts.models import Absence, Team, User
from accounts.permissions import can
from accounts.services import add_absence, add_member, remove_absence, remove_member, save_team
from core.concurrency import StaleVersion


def _team(request: HttpRequest, pk: int, action: str = "") -> Team:
    """The team if the person may see it (else 404) and may do `action` (else 403)."""
    visible = Team.objects.visible_to(request.user).select_related("lead", "deputy")
    team = get_object_or_404(visible.prefetch_related("regions"), pk=pk)
    if action and not can(request.user, action, team):
        raise PermissionDenied
    return team


def _member(team: Team, user_pk: int) -> User:
    return get_object_or_404(reads.people_of(team), pk=user_pk)


@require_safe
def team_list(request: HttpRequest) -> HttpResponse:
    """The teams that the person may see, and where an audience has none."""
    form = TeamFilter(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    context = {
        "form": form,
        "filtered": any(chosen.values()),
        "may_create": can(request.user, "team.create"),
    }
    return render(request, "accounts/team_list.html", context | reads.team_page(request, chosen))


@require_safe
def team_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One team with its people and their absences."""
    return _show(request, _team(request, pk))


def _show(request: HttpRequest, team: Team, form: MemberForm | None = None) -> HttpResponse:
    may_manage = can(request.user, "team.manage", team)
    context: dict[str, Any] = {
        "team": team,
        **reads.people_page(request, team),
        "may_manage": may_manage,
        "may_edit": can(request.user, "team.edit", team),
        "log": reads.team_log(team) if may_manage else [],
    }
    if may_manage:
        form = form or MemberForm(team=team, initial={"find": request.GET.get("find", "")})
        asked = form.is_bound or "find" in request.GET
        context |= {"form": form, "candidates": form.matches() if asked else None}
    return render(request, "accounts/team.html", context)


@require_http_methods(["GET", "POST"])
def team_create(request: HttpRequest) -> HttpResponse:
    """A new team."""
    form = TeamForm(request.POST or None, by=request.user, instance=Team())
    if request.method == "POST" and form.is_valid():
        team = form.instance
        if attempt(form, save_team, team=team, by=request.user, **form.values):
            messages.success(request, _("The team is created. Now add its members."))
            return redirect(team)
    return render(request, "accounts/team_form.html", {"form": form, "team": None})


@require_http_methods(["GET", "POST"])
def team_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a team; somebody else's change in between is shown, not overwritten."""
    team = _team(request, pk, "team.edit")
    form = TeamForm(request.POST or None, by=request.user, instance=team)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            values = form.values | {"expected": form.seen_version}
            if attempt(form, save_team, team=team, by=request.user, **values):
                messages.success(request, _("The team is saved."))
                return redirect(team)
        except StaleVersion as stale:
            form.show_conflict(stale.current, by=reads.last_actor(team), at=stale.current.changed_at)
            status = 409
    return render(request, "accounts/team_form.html", {"form": form, "team": team}, status=status)


@require_POST
def member_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a person into the team."""
    team = _team(request, pk, "team.manage")
    form = MemberForm(request.POST, team=team)
    person = form.cleaned_data["user"] if form.is_valid() else None
    if person and attempt(form, add_member, team=team, user=person, by=request.user):
        messages.success(request, _("%(person)s is in the team now.") % {"person": person})
        return redirect(team)
    return _show(request, team, form)


@require_POST
def member_remove(request: HttpRequest, pk: int, user_pk: int) -> HttpResponse:
    """Let a person leave the team."""
    team = _team(request, pk, "team.manage")
    person = _member(team, user_pk)
    try:
        remove_member(team=team, user=person, by=request.user)
    except ValidationError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("%(person)s is no longer in the team.") % {"person": person})
    return redirect(team)


@require_http_methods(["GET", "POST"])
def member_absences(request: HttpRequest, pk: int, user_pk: int) -> HttpResponse:
    """Absences of a person of the team, entered by its lead."""
    team = _team(request, pk, "team.manage")
    person = _member(team, user_pk)
    form = AbsenceForm(request.POST or None)
    acting = {"user": person, "by": request.user}
    if form.is_bound and form.is_valid() and attempt(form, add_absence, **acting, **form.cleaned_data):
        messages.success(request, _("The absence is entered."))
        return redirect("teams:absences", pk=pk, user_pk=user_pk)
    context = {"team": team, "person": person, "form": form, "absences": reads.absences_of(person)}
    return render(request, "accounts/member_absences.html", context)


@require_POST
def absence_remove(request: HttpRequest, pk: int, absence_pk: int) -> HttpResponse:
    """Take an absence of a person of the team back."""
    team = _team(request, pk, "team.manage")
    absences = Absence.objects.select_related("user").filter(user__in=reads.people_of(team))
    absence = get_object_or_404(absences, pk=absence_pk)
    remove_absence(absence=absence, by=request.user)
    messages.success(request, _("The absence is removed."))
    return redirect("teams:absences", pk=pk, user_pk=absence.user_id)
