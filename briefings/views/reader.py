"""The pages of the people who are briefed: inbox, reading, confirming, and what their team lead sees."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import F, Q, QuerySet, Subquery
from django.db.models.lookups import IsNull
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.models import User
from briefings.emails import confirmed_before
from briefings.errors import CheckOpen, NotAddressed, Superseded
from briefings.models import Briefing, BriefingVersion, InboxItem
from briefings.permissions import led_teams
from briefings.reading import Page
from briefings.services import confirming
from briefings.services.checking import answer_all, field_name, standing
from briefings.services.recipients import siblings
from briefings.services.status import TeamPeople, people_of_teams
from briefings.services.training import refresher_due, to_read_again
from campaigns.enums import Running
from campaigns.querysets import IDLE
from core.paging import page_urls

LATEST = 100
_BY_START = ("version__briefing__campaign_region__starts_on", "pk")
PAST_SHOWN = 25
PEOPLE_SHOWN = 50
_OVER = Q(version__briefing__campaign__state__in=IDLE) | Q(
    version__briefing__campaign_region__running=Running.FINISHED
)


def inbox_of(user: User) -> QuerySet[InboxItem]:
    """The person's briefings with campaign and region; `confirmed_at` is None where he is asked.

    `knows_earlier` where he confirmed an earlier version.
    """
    confirmed = InboxItem.objects.confirmation().order_by("-at").values("at")[:1]
    related = ("version__briefing__campaign", "version__briefing__campaign_region__region")
    found = InboxItem.objects.of(user).with_earlier().select_related(*related)
    return found.annotate(confirmed_at=Subquery(confirmed)).order_by(*_BY_START)


def unread_first(items: QuerySet[InboxItem]) -> QuerySet[InboxItem]:
    """What the person has not opened yet comes first; otherwise the order stays."""
    return items.order_by(IsNull(F("first_read_at"), False), *_BY_START)


@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """My briefings: to confirm (unread first, then by start), to read again, in force, and past."""
    items = inbox_of(request.user)
    past = items.filter(_OVER).order_by("-version__briefing__campaign_region__ends_on", "-pk")
    shown = Paginator(past, PAST_SHOWN).get_page(request.GET.get("page"))
    again = {lesson.briefing.pk: lesson.due_on for lesson in to_read_again(request.user)}
    in_force = list(items.exclude(_OVER).filter(confirmed_at__isnull=False)[:LATEST])
    for item in in_force:
        item.again_on = again.get(item.version.briefing_id)
    context = {
        "waiting": unread_first(items.exclude(_OVER).unconfirmed())[:LATEST],
        "again": [item for item in in_force if item.again_on],
        "in_force": [item for item in in_force if not item.again_on],
        "past": shown,
        **page_urls(request, shown),
    }
    return render(request, "briefings/inbox.html", context)


def _item(user: User, briefing_id: int) -> InboxItem | None:
    return inbox_of(user).filter(version__briefing=briefing_id).first()


@require_GET
def read(request: HttpRequest, pk: int) -> HttpResponse:
    """A briefing of mine; `?v=2` is an earlier version, for customers who call about that."""
    item = _item(request.user, pk)
    if item is None:
        return _other_language(request, pk)
    version = _asked_version(item, request.GET.get("v", ""))
    if version.pk == item.version_id:
        confirming.mark_read(version=version, user=request.user)
    return _show(request, item, version)


def _other_language(request: HttpRequest, pk: int) -> HttpResponse:
    """A link to a language in which the person was briefed before leads to the one he gets now; else 404."""
    briefing = get_object_or_404(Briefing, pk=pk)
    mine = inbox_of(request.user).filter(version__briefing__in=siblings(briefing)).first()
    if mine is None:
        raise Http404
    return redirect("briefings:read", mine.version.briefing_id)


def _asked_version(item: InboxItem, number: str) -> BriefingVersion:
    current = item.version
    if not number or number == str(current.number):
        return current
    if not number.isdecimal() or len(number) > 9:
        raise Http404
    version = get_object_or_404(BriefingVersion, briefing=current.briefing_id, number=int(number))
    version.briefing = current.briefing
    return version


def _show(
    request: HttpRequest,
    item: InboxItem,
    version: BriefingVersion,
    *,
    superseded: bool = False,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    is_current = version.pk == item.version_id
    asked = is_current and item.confirmed_at is None
    before = confirmed_before(version, request.user) if is_current and version.number > 1 else None
    check = standing(version, request.user) if is_current else []
    context = {
        "item": item,
        "version": version,
        "items": check,
        "check_open": sum(not one.right for one in check),
        "check_problem": problem,
        "briefing": version.briefing,
        "campaign": version.briefing.campaign,
        "campaign_region": version.briefing.campaign_region,
        "page": Page.since(version.content, before.content if before else None),
        "before": before,
        "is_current": is_current,
        "asked": asked and not _is_over(item),
        "over": _is_over(item),
        "superseded": superseded,
        "earlier": _earlier(item.version),
        "refresh_on": refresher_due(item) if is_current and item.confirmed_at else None,
        "next": None if asked else _next(request.user, item),
        "nav_current": "briefings",
    }
    return render(request, "briefings/read.html", context, status=409 if superseded else status)


def _is_over(item: InboxItem) -> bool:
    briefing = item.version.briefing
    return briefing.campaign.state in IDLE or briefing.campaign_region.running == Running.FINISHED


def _earlier(current: BriefingVersion) -> list[BriefingVersion]:
    if current.number == 1:
        return []
    found = BriefingVersion.objects.filter(briefing=current.briefing_id).defer("content")
    return list(found.order_by("-number"))


def _next(user: User, item: InboxItem) -> InboxItem | None:
    waiting = inbox_of(user).exclude(_OVER).unconfirmed()
    return waiting.exclude(pk=item.pk).first()


def posted_version(request: HttpRequest, pk: int) -> BriefingVersion:
    """The version that the person had before him; 404 if there is none."""
    number = request.POST.get("version", "")
    wanted = int(number) if number.isdecimal() and len(number) < 10 else 0
    versions = BriefingVersion.objects.select_related("briefing")
    return get_object_or_404(versions, briefing=pk, number=wanted)


def posted_answers(request: HttpRequest) -> dict[str, list[str]]:
    """What was chosen in the check of understanding, by the key of the question."""
    start = field_name("")
    names = [name for name in request.POST if name.startswith(start)]
    return {name.removeprefix(start): request.POST.getlist(name) for name in names}


def show_newer(request: HttpRequest, newer: Superseded) -> HttpResponse:
    """The version that took the place of the one he meant (409)."""
    item = _item(request.user, newer.current.briefing_id)
    if item is None:
        raise Http404
    return _show(request, item, item.version, superseded=True)


def show_current(request: HttpRequest, pk: int, *, problem: str = "", status: int = 422) -> HttpResponse:
    """The page again, with what stands against confirming."""
    item = _item(request.user, pk)
    if item is None:
        raise Http404
    return _show(request, item, item.version, problem=problem, status=status)


@require_POST
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm exactly the version that was shown; 409 with the new one when it was superseded meanwhile.

    Answers to the check that come along are taken first; while one is missing or wrong, 422.
    """
    version = posted_version(request, pk)
    try:
        answer_all(version=version, user=request.user, chosen=posted_answers(request))
        confirming.confirm(version=version, user=request.user)
    except NotAddressed as refused:
        raise Http404 from refused
    except Superseded as newer:
        return show_newer(request, newer)
    except CheckOpen as still_open:
        return show_current(request, pk, problem=str(still_open))
    except ValidationError as error:
        return show_current(request, pk, problem=" ".join(error.messages))
    return redirect("briefings:read", pk)


def _part(request: HttpRequest, one: TeamPeople) -> dict[str, Any]:
    """The page of a team's people that is asked for, those who are missing first."""
    name = f"team-{one.anchor}"
    page = Paginator(one.people, PEOPLE_SHOWN).get_page(request.GET.get(name))
    return {"team": one, "people": page.object_list, **page_urls(request, page, name, f"#{name}")}


@require_GET
def team_status(request: HttpRequest, pk: int) -> HttpResponse:
    """Who in my teams has confirmed a briefing and who has not; for leads and deputies."""
    found = Briefing.objects.filter(current__isnull=False).select_related(
        "current", "campaign", "campaign_region__region"
    )
    briefing = get_object_or_404(found, pk=pk)
    teams = led_teams(request.user, briefing)
    if not teams:
        raise Http404
    context: dict[str, Any] = {
        "briefing": briefing,
        "version": briefing.current,
        "region": briefing.campaign_region,
        "teams": [_part(request, one) for one in people_of_teams(briefing, teams)],
        "today": timezone.localdate(),
        "title": _("Who has confirmed"),
        "nav_current": "briefings",
    }
    return render(request, "briefings/team_status.html", context)
