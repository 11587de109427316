"""The author's draft: begun from the campaign, edited with a live preview of what it will say."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.enums import Audience
from briefings.enums import Part
from briefings.forms import BriefingForm, DraftForm, QuestionFormSet
from briefings.models import Briefing
from briefings.reading import Page
from briefings.services.content import Content, build, release_region, shown_facts, stored_questions
from briefings.services.writing import draft_briefing, save_briefing
from briefings.views.common import require_author, visible_campaign, writable_briefing
from campaigns.querysets import IDLE
from campaigns.services import snapshot
from campaigns.services.dossier import Dossier
from core.concurrency import StaleVersion

PREFIX = "questions"


@require_POST
def draft(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin a briefing for one audience, region and language, composed from the campaign."""
    campaign = visible_campaign(request.user, pk)
    require_author(request.user, campaign)
    form = DraftForm(request.POST, campaign=campaign)
    if campaign.state in IDLE:
        messages.error(request, _("This campaign is closed; nobody is briefed any more."))
        return redirect("briefings:campaign", pk)
    if not form.is_valid():
        messages.error(request, _("Please choose a region, an audience and a language of this campaign."))
        return redirect("briefings:campaign", pk)
    given = form.cleaned_data
    briefing, created = draft_briefing(
        campaign_region=given["region"],
        audience=Audience(given["audience"]),
        language=given["language"],
        by=request.user,
    )
    if created:
        messages.success(request, _("Drafted from the campaign. Now make it fit the conversation."))
    return redirect("briefings:edit", briefing.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Edit the draft; what is published stays as it is until the next publication."""
    briefing = writable_briefing(request.user, pk)
    form, questions = _forms(request, briefing)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid() & questions.is_valid():
            status = _save(request, briefing, form, questions)
            if not status:
                return _after(request, pk)
    return render(request, "briefings/author/edit.html", _page(briefing, form, questions), status=status)


def _forms(request: HttpRequest, briefing: Briefing) -> tuple[BriefingForm, Any]:
    initial = [{"question": q, "answer": a} for q, a in stored_questions(briefing)]
    data = request.POST if request.method == "POST" else None
    return BriefingForm(data, instance=briefing), QuestionFormSet(data, prefix=PREFIX, initial=initial)


def _save(request: HttpRequest, briefing: Briefing, form: BriefingForm, questions: Any) -> int:
    """0 when it is saved, else the status with which the form is shown again."""
    pairs = [{"question": q, "answer": a} for q, a in questions.pairs()]
    try:
        save_briefing(
            briefing=briefing,
            by=request.user,
            expected=form.seen_version,
            texts=form.values,
            questions=pairs,
        )
    except StaleVersion as stale:
        form.show_conflict(stale.current, at=stale.current.changed_at)
        return 409
    return 0


def _after(request: HttpRequest, pk: int) -> HttpResponse:
    messages.success(request, _("The draft is saved."))
    return redirect("briefings:publish" if request.POST.get("then") == "publish" else "briefings:edit", pk)


def _page(briefing: Briefing, form: BriefingForm, questions: Any) -> dict[str, Any]:
    basis, fixed = basis_of(briefing)
    region = briefing.campaign_region.region
    facts = shown_facts(basis, region.code, briefing.language)
    return {
        "briefing": briefing,
        "campaign": briefing.campaign,
        "region": briefing.campaign_region,
        "form": form,
        "questions": questions,
        "page": Page(build(briefing, basis, _pairs(briefing, questions))),
        "release_fixed": fixed,
        "reached": release_region(basis, region.code) is not None,
        "tokens": [{"token": f"{{{{{f['key']}}}}}", "label": f["label"], "text": f["text"]} for f in facts],
    }


def _pairs(briefing: Briefing, questions: Any) -> list[tuple[str, str]] | None:
    return questions.pairs() if questions.is_bound and questions.is_valid() else None


def basis_of(briefing: Briefing) -> tuple[Content, bool]:
    """What tokens are filled from: the release in preparation if there is one, else the working copy."""
    campaign = briefing.campaign
    if campaign.release_id is not None:
        return campaign.release.content, True
    return snapshot.build(Dossier(campaign)), False


@require_POST
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """What the entries in the form would say, filled; saves nothing (htmx, while typing)."""
    briefing = writable_briefing(request.user, pk)
    form, questions = _forms(request, briefing)
    form.is_valid()
    questions.is_valid()
    for name in ("title", *Part.values):
        if name not in form.cleaned_data:
            return HttpResponse(status=204)
        setattr(briefing, name, form.cleaned_data[name])
    if not request.htmx:
        raise Http404
    page = Page(build(briefing, basis_of(briefing)[0], questions.pairs()))
    return render(request, "briefings/author/preview.html", {"page": page})
