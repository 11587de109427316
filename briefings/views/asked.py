"""Questions from the desk, for those who answer them."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import User
from briefings.forms_asked import AnswerForm, AssignForm
from briefings.models import AskedQuestion, AskedState, Briefing
from briefings.services import asking
from briefings.views.common import visible_campaign
from campaigns.models import Campaign
from campaigns.querysets import IDLE
from core import richtext
from core.paging import page_urls

ON_A_PAGE = 30
MOST_CAMPAIGNS = 200
_RELATED = ("campaign__owner", "campaign__release", "region", "asker", "answered_by", "briefing")


def _found(user: User) -> QuerySet[AskedQuestion]:
    return AskedQuestion.objects.visible_to(user).select_related(*_RELATED)


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """Everything that the person may answer, open ones first; `campaign` shows those of one."""
    questions = _found(request.user)
    campaign = None
    if (number := request.GET.get("campaign", "")).isdecimal() and len(number) < 10:
        campaign = visible_campaign(request.user, int(number))
        questions = questions.filter(campaign=campaign)
    done = Paginator(questions.exclude(state=AskedState.OPEN), ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "campaign": campaign,
        "waiting": questions.open().order_by("pk")[:ON_A_PAGE],
        "done": done,
        **page_urls(request, done),
    }
    return render(request, "briefings/asked/list.html", context)


def _open_for(user: User, pk: int) -> AskedQuestion:
    return get_object_or_404(_found(user), pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
def question(request: HttpRequest, pk: int) -> HttpResponse:
    """One question: answer or decline it; afterwards what was answered by whom."""
    asked = _open_for(request.user, pk)
    briefings = _briefings(asked)
    form = AnswerForm(request.POST or None, asked=asked, briefings=briefings)
    if request.method != "POST":
        return _show(request, asked, form)
    if not form.is_valid():
        return _show(request, asked, form, status=422)
    try:
        _close(request, asked, form)
    except asking.AlreadyAnswered as faster:
        return _show(request, _open_for(request.user, pk), form, status=409, faster=str(faster))
    return redirect("briefings:asked_question", pk)


def _briefings(asked: AskedQuestion) -> list[Briefing]:
    """Those of the campaign that may still be published."""
    if asked.campaign_id is None or asked.campaign.state in IDLE:
        return []
    found = Briefing.objects.in_force().filter(campaign=asked.campaign_id)
    return list(found.select_related("campaign__release", "campaign_region__region", "current"))


def _close(request: HttpRequest, asked: AskedQuestion, form: AnswerForm) -> None:
    given = form.cleaned_data
    if given["outcome"] == AnswerForm.DECLINE:
        asking.decline(question=asked, by=request.user, reason=given["reason"])
        messages.success(request, _("%(person)s is told why there is no answer.") % {"person": asked.asker})
        return
    to_all = given["outcome"] == AnswerForm.BRIEFINGS
    outcome = asking.answer(
        question=asked,
        by=request.user,
        asked=given["question"] or asked.said[:300],
        reply=given["answer"],
        briefings=given["briefings"] if to_all else (),
        urgent=bool(given.get("urgent")),
        ask_again=bool(given.get("ask_again")),
    )
    _say(request, asked, outcome)


def _say(request: HttpRequest, asked: AskedQuestion, outcome: asking.Outcome) -> None:
    messages.success(request, _("%(person)s has your answer.") % {"person": asked.asker})
    if number := len(outcome.published):
        words = ngettext(
            "%(number)d briefing has it and is published again.",
            "%(number)d briefings have it and are published again.",
            number,
        )
        messages.success(request, words % {"number": number})
    for briefing in outcome.drafted:
        words = _("“%(title)s” has changes that are not published yet; the answer waits there with them.")
        messages.warning(request, words % {"title": briefing.title})


def _show(
    request: HttpRequest, asked: AskedQuestion, form: AnswerForm, *, status: int = 200, faster: str = ""
) -> HttpResponse:
    waits = [str(one) for one in _briefings(asked) if asking.has_unpublished(one)]
    context = {
        "asked": asked,
        "form": form,
        "assign": AssignForm(campaigns=_campaigns(request.user, asked)),
        "waits": waits,
        "faster": faster,
        "is_open": asked.state == AskedState.OPEN,
        "answer_html": richtext.render(asked.answer),
    }
    return render(request, "briefings/asked/question.html", context, status=status)


def _campaigns(user: User, asked: AskedQuestion) -> QuerySet[Campaign]:
    """What the question may be about: campaigns of its region that the person sees, the latest first."""
    found = Campaign.objects.visible_to(user).filter(regions__region=asked.region_id)
    return found.exclude(state__in=IDLE).order_by("-starts_on", "-pk")


@require_POST
def assign(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the question to a campaign; its team answers it then."""
    asked = _open_for(request.user, pk)
    form = AssignForm(request.POST, campaigns=_campaigns(request.user, asked))
    if not form.is_valid():
        messages.error(request, _("Please choose a campaign of this region."))
        return redirect("briefings:asked_question", pk)
    try:
        given = asking.assign(question=asked, campaign=form.cleaned_data["campaign"], by=request.user)
    except asking.AlreadyAnswered as faster:
        raise PermissionDenied(str(faster)) from faster
    messages.success(request, _("The team of “%(campaign)s” answers it now.") % {"campaign": given.campaign})
    mine = AskedQuestion.objects.visible_to(request.user).filter(pk=pk).exists()
    return redirect("briefings:asked_question", pk) if mine else redirect("briefings:asked")
