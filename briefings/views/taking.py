"""Starting a draft from other words, or taking in what changed in the campaign: both are shown to pick."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from briefings.errors import SourceChanged
from briefings.forms import TakeForm
from briefings.models import Briefing, BriefingTemplate
from briefings.services import taking
from briefings.services.taking import Source
from briefings.views.common import writable_briefing
from core.concurrency import StaleVersion

MOST = 30


@require_GET
def start(request: HttpRequest, pk: int) -> HttpResponse:
    """What a draft can start from: the campaign again, templates, other briefings."""
    briefing = writable_briefing(request.user, pk)
    templates = BriefingTemplate.objects.visible_to(request.user)
    others = _others(request, briefing)
    context = {
        "briefing": briefing,
        "campaign": briefing.campaign,
        "region": briefing.campaign_region,
        "templates": templates.fitting(briefing.audience, briefing.language)[:MOST],
        "siblings": others.filter(campaign=briefing.campaign_id)[:MOST],
        "elsewhere": others.exclude(campaign=briefing.campaign_id)
        .filter(audience=briefing.audience, language=briefing.language)
        .order_by("-campaign__starts_on", "-pk")[:MOST],
    }
    return render(request, "briefings/author/start.html", context)


def _others(request: HttpRequest, briefing: Briefing) -> QuerySet[Briefing]:
    found = Briefing.objects.visible_to(request.user).exclude(pk=briefing.pk)
    return found.select_related("campaign", "campaign_region__region", "current")


@require_http_methods(["GET", "HEAD", "POST"])
def take(request: HttpRequest, pk: int, ref: str) -> HttpResponse:
    """Both texts of every part that differs; what is picked goes into the draft."""
    briefing = writable_briefing(request.user, pk)
    source = taking.source_of(briefing, request.user, ref)
    if source is None:
        raise Http404
    if request.method != "POST":
        return _show(request, briefing, source)
    form = TakeForm(request.POST)
    if not form.is_valid():
        return _show(request, briefing, source, changed=True, status=409)
    try:
        _take(request, briefing, source, form)
    except (StaleVersion, SourceChanged):
        # The copies in hand may be the ones that were refused.
        return _show(request, writable_briefing(request.user, pk), source, changed=True, status=409)
    messages.success(request, _("Taken over into the draft. Nothing is published yet."))
    return redirect("briefings:edit", pk)


def _take(request: HttpRequest, briefing: Briefing, source: Source, form: TakeForm) -> None:
    offered = {one.field for one in taking.proposals(briefing, source)}
    taking.take_over(
        briefing=briefing,
        by=request.user,
        expected=form.cleaned_data["version"],
        source=source,
        seal=form.cleaned_data["seal"],
        fields=[name for name in offered if request.POST.get(f"take-{name}") == "theirs"],
        questions=request.POST.getlist("question"),
        checks=request.POST.getlist("check"),
    )


def _show(
    request: HttpRequest, briefing: Briefing, source: Source, *, changed: bool = False, status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {
        "briefing": briefing,
        "campaign": briefing.campaign,
        "region": briefing.campaign_region,
        "source": source,
        "from_campaign": source.ref == taking.CAMPAIGN,
        "proposals": taking.proposals(briefing, source),
        "questions": taking.new_questions(briefing, source),
        "checks": taking.new_checks(briefing, source),
        "form": TakeForm(initial={"version": briefing.version, "seal": source.seal}),
        "changed": changed,
    }
    return render(request, "briefings/author/take.html", context, status=status)
