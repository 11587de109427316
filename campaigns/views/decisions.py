"""The log of decisions, and a decision from its draft to the one that supersedes it."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Department, User
from accounts.permissions import can
from campaigns.decision_log import MINE, LogFilter, _number, page_of, with_all
from campaigns.enums import Answer, DecisionKind, DecisionState
from campaigns.errors import Refused
from campaigns.forms.decisions import AnswerForm, AskForm, DecideForm, DecisionForm
from campaigns.models import Campaign, Decision, SignOff
from campaigns.services import decisions as service
from campaigns.services.dossier import Dossier
from campaigns.views.saving import visible_campaign
from campaigns.views.strategy import save
from core import formats
from core.concurrency import StaleVersion

GET_POST = require_http_methods(["GET", "HEAD", "POST"])
CONFLICT = 409
STEPS = ("ask", "back", "withdraw", "decide")
KIND = DecisionKind.GENERAL
# More choices than these are no help in a select.
MOST = 300


@require_safe
def decision_log(request: HttpRequest) -> HttpResponse:
    """Decisions, newest first, filtered as the address says."""
    chosen = LogFilter.from_query(request.GET)
    rows, more = page_of(chosen, request.user)
    total = chosen.of(request.user).count()
    words = ngettext("%(number)s decision", "%(number)s decisions", total)
    context = {
        "filter": chosen,
        "rows": rows,
        "total": words % {"number": formats.number(total)},
        "selects": _selects(chosen, request.user),
        "older_url": chosen.query(older=more) if more else "",
        "first_url": chosen.query() if chosen.older else "",
        "may_write": can(request.user, "decision.write"),
    }
    return render(request, "campaigns/decisions/list.html", context)


def _selects(chosen: LogFilter, user: User) -> list[tuple[str, str, str, list[tuple[str, str]]]]:
    """Name, label, chosen value and options of each select; three queries."""
    campaigns = Campaign.objects.visible_to(user).filter(decisions__isnull=False).distinct()
    campaigns = campaigns.order_by("-starts_on", "-pk").values_list("pk", "name")[:MOST]
    departments = [(str(one.pk), str(one)) for one in Department.objects.all()]
    people = User.objects.filter(pk__in=Decision.objects.order_by().values("by"))
    names = [(str(one.pk), str(one)) for one in people.order_by("last_name", "first_name", "pk")[:MOST]]
    states = [("", _("All states")), (MINE, _("Waiting for my department")), *DecisionState.choices]
    return [
        ("state", _("State"), chosen.state, states),
        (
            "campaign",
            _("Campaign"),
            str(chosen.campaign or ""),
            [("", _("All campaigns")), *((str(pk), name) for pk, name in campaigns)],
        ),
        (
            "department",
            _("Department asked"),
            str(chosen.department or ""),
            [("", _("All departments")), *departments],
        ),
        ("person", _("Person"), str(chosen.person or ""), [("", _("Everybody")), *names]),
    ]


@require_safe
def campaign_decisions(request: HttpRequest, pk: int) -> HttpResponse:
    """The tab of a campaign: what was decided about it."""
    campaign = visible_campaign(request, pk)
    found = Decision.objects.visible_to(request.user).filter(campaign=campaign)
    context = {
        "campaign": campaign,
        "dossier": Dossier(campaign),
        "rows": list(with_all(found)[:MOST]),
        "write_url": write_url(campaign, request.user),
    }
    return render(request, "campaigns/decisions/campaign.html", context)


def write_url(campaign: Campaign, user: User, **about: int) -> str:
    """Where the person writes a decision about the campaign; empty if he may not."""
    if not can(user, "decision.write", Decision(campaign=campaign)):
        return ""
    return f"{reverse('decisions:create')}?{urlencode({'campaign': campaign.pk} | about)}"


def _decision(request: HttpRequest, pk: int) -> Decision:
    """The decision with all that its page shows, or 404."""
    found = with_all(Decision.objects.visible_to(request.user))
    return get_object_or_404(found.select_related("campaign__owner", "exception", *_MORE), pk=pk)


_MORE = ("campaign", "by", "decided_by", "channel", "superseded_by", "supersedes", "budget_round__budget")


@require_safe
def decision_page(request: HttpRequest, pk: int) -> HttpResponse:
    """A decision: what, why, who agreed, and what may be done with it."""
    return _page(request, _decision(request, pk))


def _page(request: HttpRequest, decision: Decision, status: int = 200, **tried: forms.Form) -> HttpResponse:
    user, rows = request.user, list(decision.signoffs.all())
    mine = next((row for row in rows if _waits_for(row, decision, user)), None)
    open_now = decision.state in service.OPEN
    may_edit = open_now and can(user, "decision.edit", decision)
    context = {
        "decision": decision,
        "signoffs": [row for row in rows if row.turn == decision.turn],
        "earlier": [row for row in rows if row.turn != decision.turn],
        "mine": mine,
        "may_edit": may_edit,
        "may_decide": open_now and can(user, "decision.decide", decision),
        "may_supersede": decision.holds and decision.kind == KIND and can(user, "decision.write", decision),
        "drafts": [
            one for one in decision.successors.all() if one.state in service.OPEN and may_see(one, user)
        ],
        "ask_form": tried.get("ask") or AskForm(),
        "answer_form": tried.get("answer") or AnswerForm(initial={"department": mine and mine.department_id}),
        "decide_form": tried.get("decide") or DecideForm(initial={"version": decision.version}),
    }
    return render(request, "campaigns/decisions/detail.html", context, status=status)


def may_see(draft: Decision, user: User) -> bool:
    """Whether a successor that is not decided yet may be named to the person."""
    return draft.state != DecisionState.DRAFT or can(user, "decision.edit", draft)


def _waits_for(row: SignOff, decision: Decision, user: User) -> bool:
    asked = decision.state == DecisionState.ASKED and row.turn == decision.turn and row.answer == Answer.OPEN
    return asked and service.speaks_for(user, row.department_id)


@GET_POST
def decision_create(request: HttpRequest) -> HttpResponse:
    """Write a decision; `?campaign=`, `?channel=`, `?round=`, `?exception=`, `?supersedes=` fill it in."""
    draft = Decision(by=request.user, **_given(request))
    form = DecisionForm(request.POST or None, instance=draft, by=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(service.write(by=request.user, values=form.values))
        except ValidationError as error:
            form.refuse(error)
    return render(request, "campaigns/decisions/form.html", {"form": form, "decision": None})


def _given(request: HttpRequest) -> dict[str, Any]:
    """What the address names, as far as the person may see it."""
    query = request.GET
    found: dict[str, Any] = {}
    campaign = _number(query.get("campaign", ""))
    if campaign:
        found["campaign"] = Campaign.objects.visible_to(request.user).filter(pk=campaign).first()
    old = _number(query.get("supersedes", ""))
    if old:
        found["supersedes"] = Decision.objects.visible_to(request.user).filter(pk=old).first()
        if found["supersedes"]:
            found |= {"campaign": found["supersedes"].campaign, "channel": found["supersedes"].channel}
    names = {"channel": "channel_id", "round": "budget_round_id", "exception": "exception_id"}
    found |= {key: _number(query[name]) for name, key in names.items() if _number(query.get(name, ""))}
    return {name: value for name, value in found.items() if value}


@GET_POST
def decision_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a draft; 409 with both texts if somebody saved in between."""
    decision = _decision(request, pk)
    if not can(request.user, "decision.edit", decision):
        raise PermissionDenied(_("Only its author and managers change a decision."))
    if decision.state != DecisionState.DRAFT and request.method != "POST":
        messages.warning(request, _("Only a draft can be changed."))
        return redirect(decision)
    form = DecisionForm(request.POST or None, instance=decision, by=request.user)
    status = 200
    if request.method == "POST" and form.is_valid():
        status = _save(form, pk, request.user)
        if not status:
            messages.success(request, _("The draft is saved."))
            return redirect("decisions:detail", pk)
    context = {"form": form, "decision": decision}
    return render(request, "campaigns/decisions/form.html", context, status=status)


def _save(form: DecisionForm, pk: int, by: User) -> int:
    current = Decision.objects.get(pk=pk)
    try:
        return save(
            form,
            lambda expected: service.change(decision=current, by=by, values=form.values, expected=expected),
        )
    except Refused as refused:
        form.add_error(None, str(refused))
        return CONFLICT


@require_POST
def decision_step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Ask, take back, withdraw, decide."""
    decision = _decision(request, pk)
    if step not in STEPS:
        raise Http404
    form = _step_form(step, request)
    if form is not None and not form.is_valid():
        return _page(request, decision, **{step: form})
    try:
        _take(step, decision, request.user, form)
    except ValidationError as error:
        for name, words in error.message_dict.items():
            form.add_error(name if name in form.fields else None, words)
        return _page(request, decision, **{step: form})
    except (Refused, StaleVersion) as refused:
        words = str(refused) or _("Somebody else changed this in the meantime.")
        messages.error(request, words)
        return _page(request, _decision(request, pk), CONFLICT)
    messages.success(request, _DONE[step]())
    return redirect(decision)


_DONE = {
    "ask": lambda: _("The departments are asked."),
    "back": lambda: _("It is a draft again."),
    "withdraw": lambda: _("The decision is withdrawn; it stays readable."),
    "decide": lambda: _("Decided. It holds until a newer decision supersedes it."),
}


def _step_form(step: str, request: HttpRequest) -> forms.Form | None:
    kinds = {"ask": AskForm, "decide": DecideForm}
    return kinds[step](request.POST) if step in kinds else None


def _take(step: str, decision: Decision, by: User, form: forms.Form | None) -> None:
    if step == "ask":
        service.ask(decision=decision, by=by, **form.cleaned_data)
    elif step == "decide":
        despite, seen = form.cleaned_data["despite"], form.cleaned_data["version"]
        service.decide(decision=decision, by=by, despite=despite, expected=seen)
    elif step == "back":
        service.take_back(decision=decision, by=by)
    else:
        service.withdraw(decision=decision, by=by)


@require_POST
def decision_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """The sign-off of the person's department."""
    decision = _decision(request, pk)
    form = AnswerForm(request.POST)
    named = _number(request.POST.get("department", ""))
    if not service.speaks_for(request.user, named):
        raise PermissionDenied(_("Only leads and managers of this department answer for it."))
    if form.is_valid():
        given = form.cleaned_data
        about = {"decision": decision, "department": given["department"], "by": request.user}
        try:
            service.answer(**about, yes=given["answer"] == "yes", reason=given["reason"])
        except ValidationError as error:
            form.add_error("reason", error.message_dict["reason"])
        except Refused as refused:
            messages.error(request, str(refused))
            return _page(request, _decision(request, pk), CONFLICT)
        else:
            messages.success(request, _("Your answer is recorded."))
            return redirect(decision)
    return _page(request, decision, answer=form)
