"""The author's draft: begun from the campaign, edited with a live preview of what it will say."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.enums import Audience, Language
from briefings.enums import Part
from briefings.forms import BriefingForm, DraftForm
from briefings.forms_rows import CheckFormSet, CheckRows, QuestionFormSet, QuestionRows
from briefings.models import Briefing
from briefings.reading import Page
from briefings.services.composing import speaks
from briefings.services.content import (
    CONTEXT_TOKENS,
    Content,
    build,
    release_region,
    shown_facts,
    stored_questions,
    token_labels,
    token_values,
    unknown_in,
    written,
)
from briefings.services.taking import news_from_campaign
from briefings.services.writing import draft_briefing, save_briefing
from briefings.views.common import require_author, visible_campaign, writable_briefing
from campaigns.querysets import IDLE
from campaigns.services import snapshot
from campaigns.services.dossier import Dossier
from core.concurrency import StaleVersion

QUESTIONS, CHECK = "questions", "understanding"
# Where a text can hold a token that nothing fills.
PLACES = ("title", *Part.values, QUESTIONS, CHECK)


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
        if not speaks(given["region"], given["language"]):
            messages.warning(request, _without_words(given["language"]))
    return redirect("briefings:edit", briefing.pk)


def _without_words(language: str) -> str:
    words = _(
        "The campaign has no words in this language here yet (%(language)s): please translate the draft's."
    )
    return words % {"language": Language(language).label}


@dataclass
class Entries:
    """The forms of one draft: its texts, its questions and answers, its check."""

    form: BriefingForm
    questions: QuestionRows
    checks: CheckRows

    @classmethod
    def of(cls, request: HttpRequest, briefing: Briefing) -> "Entries":
        """Bound if something was posted."""
        data = request.POST if request.method == "POST" else None
        asked = [{"question": q, "answer": a} for q, a in stored_questions(briefing)]
        return cls(
            BriefingForm(data, instance=briefing),
            QuestionFormSet.of(asked, QUESTIONS, data),
            CheckFormSet.of(briefing.understanding, CHECK, data),
        )

    def is_valid(self) -> bool:
        """True if all of it can be saved; all of it is looked at."""
        return all([self.form.is_valid(), self.questions.is_valid(), self.checks.is_valid()])

    def show_conflict(self, current: Briefing) -> None:
        """Put what was saved in between beside what was entered."""
        self.form.show_conflict(current, at=current.changed_at)
        asked = [{"question": q, "answer": a} for q, a in stored_questions(current)]
        self.questions = self.questions.merged(asked)
        self.checks = self.checks.merged(current.understanding)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Edit the draft; what is published stays as it is until the next publication."""
    briefing = writable_briefing(request.user, pk)
    entries = Entries.of(request, briefing)
    status = 200
    if request.method == "POST":
        status = _save(request, briefing, entries) if entries.is_valid() else 422
        if not status:
            return _after(request, pk)
    return render(request, "briefings/author/edit.html", _page(briefing, entries), status=status)


def _save(request: HttpRequest, briefing: Briefing, entries: Entries) -> int:
    """0 when it is saved, else the status with which the form is shown again."""
    try:
        save_briefing(
            briefing=briefing,
            by=request.user,
            expected=entries.form.seen_version,
            texts=entries.form.values,
            questions=entries.questions.rows(),
            understanding=entries.checks.rows(),
        )
    except StaleVersion as stale:
        entries.show_conflict(stale.current)
        return 409
    return 0


def _after(request: HttpRequest, pk: int) -> HttpResponse:
    messages.success(request, _("The draft is saved."))
    return redirect("briefings:publish" if request.POST.get("then") == "publish" else "briefings:edit", pk)


def _page(briefing: Briefing, entries: Entries) -> dict[str, Any]:
    basis, fixed = basis_of(briefing)
    bound = entries.form.is_bound
    pairs = entries.questions.pairs() if bound and entries.questions.is_bound else None
    return {
        "briefing": briefing,
        "campaign": briefing.campaign,
        "region": briefing.campaign_region,
        "form": entries.form,
        "questions": entries.questions,
        "checks": entries.checks,
        "page": Page(build(briefing, basis, pairs)),
        "unknown": _unknown(briefing, basis, pairs),
        "release_fixed": fixed,
        "reached": release_region(basis, briefing.campaign_region.region.code) is not None,
        "tokens": _tokens(briefing, basis),
        "news": 0 if bound else news_from_campaign(briefing),
    }


def _unknown(briefing: Briefing, basis: Content, pairs: list[tuple[str, str]] | None) -> dict[str, str]:
    """Tokens that nothing fills, as they are written, by field; every field has an entry."""
    found = unknown_in(briefing, basis, pairs)
    return {name: ", ".join(map(written, sorted(found.get(name, ())))) for name in PLACES}


def _tokens(briefing: Briefing, basis: Content) -> list[dict[str, str]]:
    """What can be inserted: the facts, then dates and people of the campaign."""
    facts = shown_facts(basis, briefing.campaign_region.region.code, briefing.language)
    offered = [{"token": written(f["key"]), "label": f["label"], "text": f["text"]} for f in facts]
    values, known = token_values(briefing, basis, set(CONTEXT_TOKENS)), {f["key"] for f in facts}
    labels = token_labels()
    rest = [key for key in CONTEXT_TOKENS if key in values and key not in known]
    return offered + [{"token": written(k), "label": labels[k], "text": values[k]} for k in rest]


def basis_of(briefing: Briefing) -> tuple[Content, bool]:
    """What tokens are filled from: the release in preparation if there is one, else the working copy."""
    campaign = briefing.campaign
    if campaign.release_id is not None:
        return campaign.release.content, True
    return snapshot.build(Dossier(campaign)), False


@require_POST
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """What the entries in the form would say, filled; saves nothing (htmx, while typing).

    Tokens that nothing fills are named at their fields in the same answer.
    """
    briefing = writable_briefing(request.user, pk)
    entries = Entries.of(request, briefing)
    entries.is_valid()
    for name in ("title", *Part.values):
        if name not in entries.form.cleaned_data:
            return HttpResponse(status=204)
        setattr(briefing, name, entries.form.cleaned_data[name])
    if not request.htmx:
        raise Http404
    briefing.understanding = entries.checks.rows()
    pairs, (basis, _fixed) = entries.questions.pairs(), basis_of(briefing)
    context = {
        "page": Page(build(briefing, basis, pairs)),
        "unknown": _unknown(briefing, basis, pairs).items(),
        "live": True,
    }
    return render(request, "briefings/author/preview.html", context)
