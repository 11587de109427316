"""The team of a campaign: who plans along, what is asked, contributed and answered."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.permissions import can
from campaigns.errors import Refused
from campaigns.forms.team import InviteForm, NoteForm, TalkForm, TopicsForm
from campaigns.models import Campaign, CampaignPartner, Contribution
from campaigns.services import contributions
from campaigns.services import team as service
from campaigns.services.dossier import Dossier
from campaigns.team_page import TeamPage, partners_of
from core.concurrency import StaleVersion

CONFLICT = 409
GET_POST = require_http_methods(["GET", "HEAD", "POST"])
# What can be said, with the right that it needs and the service that takes it.
SAYS: dict[str, tuple[str, Callable[..., Contribution], Any]] = {
    "ask": ("team.invite", contributions.ask, gettext_lazy("Your request is sent.")),
    "question": ("team.talk", contributions.question, gettext_lazy("Your question is sent.")),
    "offer": ("team.talk", contributions.offer, gettext_lazy("Your contribution is sent.")),
}
STEPS: dict[str, tuple[Callable[..., Contribution], Any]] = {
    "answer": (contributions.answer, gettext_lazy("Your answer is sent.")),
    "unable": (contributions.unable, gettext_lazy("Your answer is sent.")),
    "take": (contributions.take, gettext_lazy("Taken up.")),
    "decline": (contributions.decline, gettext_lazy("Declined, with your reason.")),
    "withdraw": (contributions.withdraw, gettext_lazy("Taken back. It stays readable.")),
}


def _campaign(request: HttpRequest, pk: int) -> Campaign:
    found = Campaign.objects.visible_to(request.user).select_related("owner", "goal")
    return get_object_or_404(found, pk=pk)


def _need(request: HttpRequest, action: str, campaign: Campaign, words: str) -> None:
    if not can(request.user, action, campaign):
        raise PermissionDenied(words)


def _team_url(campaign: Campaign, anchor: str = "") -> str:
    return reverse("campaigns:team", args=[campaign.pk]) + anchor


def _page(request: HttpRequest, campaign: Campaign, form: Any = None, status: int = 200) -> HttpResponse:
    dossier = Dossier(campaign)
    # Rules about the campaign's regions look at those that the page shows.
    campaign._prefetched_objects_cache = {"regions": dossier.regions}
    page = TeamPage(dossier, request.user, form)
    service.looked(campaign=campaign, by=request.user, rows=partners_of(dossier))
    context = {
        "campaign": campaign,
        "dossier": dossier,
        "page": page,
        "form": form,
        "head_actions": page.actions,
    }
    return render(request, "campaigns/team/page.html", context, status=status)


@require_GET
def team(request: HttpRequest, pk: int) -> HttpResponse:
    """Who plans along, and what is open between them."""
    return _page(request, _campaign(request, pk))


@GET_POST
def invite(request: HttpRequest, pk: int) -> HttpResponse:
    """Invite departments and people, several at once."""
    campaign = _campaign(request, pk)
    words = _("Only those who plan this campaign invite partners, until it is closed.")
    _need(request, "team.invite", campaign, words)
    form = InviteForm(request.POST or None, campaign=campaign)
    if request.method == "POST" and form.is_valid():
        try:
            made = service.invite_partners(campaign=campaign, by=request.user, **form.invitation())
        except ValidationError as error:
            form.take_error(error)
        else:
            words = ngettext("%(number)d partner is invited.", "%(number)d partners are invited.", len(made))
            messages.success(request, words % {"number": len(made)})
            return redirect(_team_url(campaign))
    return render(request, "campaigns/team/invite.html", {"campaign": campaign, "form": form})


@require_POST
def take_leave(request: HttpRequest, pk: int, partner_pk: int) -> HttpResponse:
    """End a partnership; twice does no harm."""
    campaign = _campaign(request, pk)
    _need(request, "team.invite", campaign, _("Only those who plan this campaign take leave of partners."))
    found = CampaignPartner.everyone.select_related("department", "person")
    row = get_object_or_404(found, pk=partner_pk, campaign=campaign)
    service.take_leave(row=row, by=request.user)
    messages.success(request, _("%(who)s is no partner any more. What was said stays.") % {"who": row.who})
    return redirect(_team_url(campaign))


@GET_POST
def say(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Ask for a contribution, ask a question, or contribute."""
    if kind not in SAYS:
        raise Http404
    campaign = _campaign(request, pk)
    right, run, done = SAYS[kind]
    words = _(
        "Only those who plan this campaign ask for contributions, and nothing is asked once it is closed."
    )
    _need(request, right, campaign, words)
    rows = partners_of(Dossier(campaign))
    form = TalkForm(request.POST or None, kind=kind, rows=rows, to=request.GET.get("to", ""))
    if request.method == "POST" and form.is_valid():
        about = {} if kind == "ask" else {"campaign": campaign}
        try:
            made = run(by=request.user, **about, **form.said())
        except ValidationError as error:
            form.take_error(error)
        else:
            messages.success(request, done)
            return redirect(_team_url(campaign, f"#note-{made.pk}"))
    context = {"campaign": campaign, "form": form, "kind": kind, "rows": rows}
    return render(request, "campaigns/team/say.html", context)


@require_POST
def step(request: HttpRequest, pk: int, note_pk: int, step: str) -> HttpResponse:
    """Answer, take up, decline, take back; 409 with the page and the words kept if somebody was faster."""
    if step not in STEPS:
        raise Http404
    campaign = _campaign(request, pk)
    note = get_object_or_404(Contribution, pk=note_pk, campaign=campaign)
    run, done = STEPS[step]
    form = NoteForm(request.POST, note=note)
    status = 200
    if form.is_valid():
        try:
            run(note=note, by=request.user, text=form.cleaned_data["text"])
        except (Refused, StaleVersion) as refused:
            if request.headers.get("HX-Request"):
                # For a row of Home: the list is fetched again and shows the words as a toast.
                messages.error(request, str(refused))
                return HttpResponse(status=CONFLICT)
            form.add_error(None, str(refused))
            status = CONFLICT
        except ValidationError as error:
            form.take_error(error)
        else:
            if request.headers.get("HX-Request"):
                return HttpResponse(status=204)
            messages.success(request, done)
            return redirect(_team_url(campaign, f"#note-{note.pk}"))
    return _page(request, campaign, form, status)


@GET_POST
def topics(request: HttpRequest, pk: int) -> HttpResponse:
    """What a partner wants to be told of in this campaign, each for himself."""
    campaign = _campaign(request, pk)
    words = _("Only partners of this campaign choose here what they are told of.")
    _need(request, "team.topics", campaign, words)
    now, ticked, own = service.topics_of(campaign=campaign, person=request.user)
    form = TopicsForm(request.POST or None, initial={"topics": now})
    if request.method == "POST":
        form = TopicsForm(request.POST)
        if form.is_valid():
            chosen = None if "usual" in request.POST else form.cleaned_data["topics"]
            service.choose_topics(campaign=campaign, by=request.user, topics=chosen)
            messages.success(request, _("Saved. You are told of what you ticked, and of nothing else."))
            return redirect(_team_url(campaign))
    context = {"campaign": campaign, "form": form, "own": own, "ticked": ticked}
    return render(request, "campaigns/team/topics.html", context)
