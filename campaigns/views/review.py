"""The reviewer's pages: his reviews, one review passage by passage, his answers and his approval."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.enums import Language
from accounts.models import User
from campaigns.enums import PassageState
from campaigns.forms.review import UnderstoodForm, VerdictForm
from campaigns.models import Campaign, Review
from campaigns.querysets import IDLE
from campaigns.services import review as services
from campaigns.services.dossier import Dossier
from campaigns.services.review_state import Picture, SeenPassage, picture_of
from core.concurrency import StaleVersion

ANSWERED_SHOWN = 20
LATEST = 100


def _reviews(user: User) -> QuerySet[Review]:
    related = ("campaign_region__region", "campaign_region__campaign__owner", "invited_by")
    return Review.objects.visible_to(user).select_related(*related)


def _picture(request: HttpRequest, pk: int) -> Picture:
    review = get_object_or_404(_reviews(request.user), pk=pk)
    return picture_of(review, Dossier(review.campaign_region.campaign))


@require_GET
def review_inbox(request: HttpRequest) -> HttpResponse:
    """My reviews: those that wait for me, earliest first; then those I answered."""
    waiting = _reviews(request.user).open_for(request.user)[:LATEST]
    answered = (
        _reviews(request.user)
        .filter(reviewer=request.user, awaits_reviewer=False)
        .order_by("-changed_at", "-pk")[:ANSWERED_SHOWN]
    )
    context = {"waiting": waiting, "answered": answered}
    return render(request, "campaigns/review/inbox.html", context)


@require_GET
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """One review. `?at=core.claim` is the passage being answered, else the first that waits."""
    return _show(request, _picture(request, pk))


@require_POST
def verdict(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep one answer and go on to the next passage; 409 with the new words when they changed meanwhile."""
    picture = _picture(request, pk)
    form = VerdictForm(request.POST)
    if form.is_valid():
        try:
            _answer(request, picture, form)
        except services.StalePassage as stale:
            return _stale_passage(request, pk, form, stale)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect(_next_url(_picture(request, pk), form.cleaned_data["passage"]))
    current = picture.find(request.POST.get("passage", ""))
    if current is None:
        return _stale_passage(request, pk, form, services.StalePassage(None))
    return _show(request, picture, current=current, form=form, status=422)


def _answer(request: HttpRequest, picture: Picture, form: VerdictForm) -> None:
    given = form.cleaned_data
    services.give_verdict(
        review=picture.review,
        passage_key=given["passage"],
        seen_hash=given["seen_hash"],
        verdict=given["verdict"],
        comment=given["comment"],
        proposal=given["proposal"],
        by=request.user,
    )


def _stale_passage(
    request: HttpRequest, pk: int, form: VerdictForm, stale: services.StalePassage
) -> HttpResponse:
    """The passage as it is now, what changed since it was shown, and the entries still in the form."""
    picture = _picture(request, pk)
    if stale.seen is None:
        return _show(request, picture, lost=form, status=409)
    data = request.POST.copy()
    data["seen_hash"] = stale.seen.passage.content_hash
    before = data.get("seen_text", "").replace("\r\n", "\n")
    data["seen_text"] = stale.seen.passage.text
    again = VerdictForm(data)
    current = picture.find(stale.seen.key)
    return _show(request, picture, current=current, form=again, before=before, status=409)


@require_POST
def review_understood(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep what the reviewer understood; 409 when another tab saved other words meanwhile."""
    picture = _picture(request, pk)
    form = UnderstoodForm(request.POST, instance=picture.review)
    if not form.is_valid():
        return _show(request, picture, understood=form, status=422)
    conflict = _keep_understood(request, picture, form)
    if conflict is not None:
        return conflict
    messages.success(request, _("Kept what you understood."))
    return redirect(f"{reverse('campaigns:review', args=[pk])}#understood")


def _keep_understood(request: HttpRequest, picture: Picture, form: UnderstoodForm) -> HttpResponse | None:
    text, seen = form.cleaned_data["understood"], form.seen_version
    try:
        services.save_understood(review=picture.review, understood=text, expected=seen, by=request.user)
    except StaleVersion as stale:
        form.show_conflict(stale.current, by=picture.review.reviewer, at=stale.current.changed_at)
        return _show(request, picture, understood=form, status=409)
    return None


@require_POST
def review_approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve exactly what was seen; 409 when it changed meanwhile, 422 while something is not clear."""
    picture = _picture(request, pk)
    form = UnderstoodForm(request.POST, instance=picture.review)
    if not form.is_valid():
        return _show(request, picture, understood=form, status=422)
    conflict = _keep_understood(request, picture, form)
    if conflict is not None:
        return conflict
    try:
        services.approve_review(
            review=picture.review,
            seen_hash=form.cleaned_data["seen_hash"],
            understood=form.cleaned_data["understood"],
            by=request.user,
        )
    except services.StaleReview:
        return _show(request, _picture(request, pk), changed_meanwhile=True, status=409)
    except ValidationError as error:
        form.add_error(None, error)
        return _show(request, _picture(request, pk), understood=form, status=422)
    messages.success(request, _("Approved. It holds for exactly these words."))
    return redirect("campaigns:review", pk)


def passage_url(picture: Picture, seen: SeenPassage) -> str:
    """The review's page with this passage open."""
    return f"{picture.review.get_absolute_url()}?{urlencode({'at': seen.key})}#p{seen.number}"


def _next_url(picture: Picture, after: str) -> str:
    """The next passage that waits after this one, then those before it, at last the end of the page."""
    done = picture.find(after)
    number = done.number if done else 0
    waiting = sorted(picture.waiting, key=lambda seen: (seen.number < number, seen.number))
    if waiting:
        return passage_url(picture, waiting[0])
    return f"{picture.review.get_absolute_url()}?at=end#understood"


def may_answer(picture: Picture, user: User) -> bool:
    """True if this person is the reviewer and nothing stands against his answering."""
    return (
        picture.review is not None
        and picture.review.reviewer_id == user.pk
        and picture.problem is None
        and picture.shared
        and picture.campaign_region.campaign.state not in IDLE
    )


def _current(request: HttpRequest, picture: Picture) -> SeenPassage | None:
    at = request.GET.get("at", "")
    first = picture.waiting[0] if picture.waiting else None
    return picture.find(at) or (None if at == "end" else first)


def _show(
    request: HttpRequest,
    picture: Picture,
    *,
    current: SeenPassage | None = None,
    form: VerdictForm | None = None,
    understood: UnderstoodForm | None = None,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    answers = may_answer(picture, request.user)
    if answers and current is None and understood is None:
        current = _current(request, picture)
    if answers and current is not None and form is None:
        form = VerdictForm(initial=_initial(current))
    campaign = picture.campaign_region.campaign
    context = {
        "picture": picture,
        "review": picture.review,
        "campaign": campaign,
        "region": picture.campaign_region.region,
        "language": Language(picture.language).label,
        "original_language": _original_language(campaign),
        "may_answer": answers,
        "current": current if answers else None,
        "cards": [_card(picture, seen) for seen in picture.passages],
        "steps": [_step(picture, seen) for seen in picture.passages],
        "form": form,
        "understood": understood or _understood_form(picture),
        "answered": len(picture.passages) - len(picture.waiting),
        "jumped": "at" in request.GET,
        **_neighbours(picture, current),
        **more,
    }
    return render(request, "campaigns/review/review.html", context, status=status)


def _original_language(campaign: Campaign) -> dict[str, str]:
    core = getattr(campaign, "core_message", None)
    code = core.language if core is not None else ""
    return {"code": code, "label": Language(code).label if code else ""}


def _initial(seen: SeenPassage) -> dict[str, str]:
    shown = {
        "passage": seen.key,
        "seen_hash": seen.passage.content_hash,
        "seen_text": seen.passage.text,
    }
    if seen.answer is not None and seen.state != PassageState.CHANGED:
        given = seen.answer
        shown |= {"verdict": given.verdict, "comment": given.comment, "proposal": given.proposal}
    return shown


def _understood_form(picture: Picture) -> UnderstoodForm:
    return UnderstoodForm(instance=picture.review, initial={"seen_hash": picture.content_hash})


def _card(picture: Picture, seen: SeenPassage) -> dict[str, Any]:
    """A passage with how it is shown: beside its original, alone, or as its difference."""
    return {
        "seen": seen,
        "url": passage_url(picture, seen),
        "alone": seen.passage.original.strip() in ("", seen.passage.text.strip()),
        "changed": seen.state == PassageState.CHANGED,
        "folded": seen.is_clear,
    }


def _step(picture: Picture, seen: SeenPassage) -> dict[str, Any]:
    """What components/steps.html shows."""
    word = seen.answer.get_verdict_display() if not seen.waits_for_reviewer else seen.state.label
    return {
        "url": passage_url(picture, seen),
        "number": seen.number,
        "word": word,
        "done": seen.is_clear,
        "ask": not seen.is_clear and seen.state != PassageState.OPEN,
    }


def _neighbours(picture: Picture, current: SeenPassage | None) -> dict[str, str]:
    """Addresses of the passages before and after the current one."""
    if current is None:
        return {"previous_url": "", "next_url": ""}
    at = current.number - 1
    before = picture.passages[at - 1] if at else None
    after = picture.passages[at + 1] if at + 1 < len(picture.passages) else None
    end = f"{picture.review.get_absolute_url()}?at=end#understood"
    return {
        "previous_url": passage_url(picture, before) if before else "",
        "next_url": passage_url(picture, after) if after else end,
    }
