"""“Nobody told me about this”: a question from the desk to the campaign team, and what became of mine."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.models import User
from briefings.forms_asked import AskForm
from briefings.models import AskedQuestion, Briefing, InboxItem
from briefings.services import asking
from campaigns.models import CampaignRegion
from core.paging import page_urls
from desk import reach

ON_A_PAGE = 20


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """The form, with what was searched for (`said`) and the offer that it is about, if there is one."""
    row = _offer(request.user, request.POST.get("offer") or request.GET.get("offer", ""))
    regions = [row.region] if row else list(reach.regions_for(request.user))
    form = AskForm(request.POST or None, regions=regions, initial=_given(request, regions))
    if request.method == "POST" and form.is_valid():
        return _send(request, form.cleaned_data, row)
    context = {"form": form, "row": row, "nowhere": not regions, "nav_current": "desk"}
    return render(request, "desk/ask.html", context, status=422 if request.method == "POST" else 200)


def _given(request: HttpRequest, regions: list) -> dict[str, Any]:
    wanted = request.GET.get("region", "")
    region = next((one for one in regions if one.code == wanted), regions[0] if regions else None)
    return {"said": request.GET.get("said", "")[:200], "region": region}


def _offer(user: User, number: str) -> CampaignRegion | None:
    """The offer of this number, if one is named; 404 for one that the person may not see."""
    if not number:
        return None
    pk = int(number) if number.isdecimal() and len(number) < 10 else 0
    return get_object_or_404(reach.visible_to(user).select_related("region", "campaign__owner"), pk=pk)


def _send(request: HttpRequest, given: dict[str, Any], row: CampaignRegion | None) -> HttpResponse:
    question = asking.ask(
        by=request.user,
        region=row.region if row else given["region"],
        said=given["said"],
        submission=given["submission"],
        campaign=row.campaign if row else None,
        briefing=_briefing(request.user, row) if row else None,
    )
    messages.success(request, _("Your question is sent. The answer comes here, to Home and by mail."))
    return redirect(asking.askers_link(question))


def _briefing(user: User, row: CampaignRegion) -> Briefing | None:
    mine = InboxItem.objects.of(user).filter(version__briefing__campaign_region=row)
    item = mine.select_related("version__briefing").order_by("pk").first()
    return item.version.briefing if item else None


def mine(user: User) -> QuerySet[AskedQuestion]:
    """The person's questions in regions that he still serves, the newest first."""
    found = AskedQuestion.objects.filter(
        asker=user, region__in=reach.regions_for(user).order_by().values("pk")
    )
    return found.select_related("campaign", "region", "answered_by").order_by("-pk")


def _page_of(request: HttpRequest, found: QuerySet[AskedQuestion]) -> int:
    """The number of the page that has the question of the address, else the first."""
    number = request.GET.get("question", "")
    newer = found.filter(pk__gt=int(number)).count() if number.isdecimal() and len(number) < 10 else 0
    return newer // ON_A_PAGE + 1


@require_GET
def questions(request: HttpRequest) -> HttpResponse:
    """My questions with their answers; looking at them settles them on Home. `question` opens its page."""
    found = mine(request.user)
    page = Paginator(found, ON_A_PAGE).get_page(request.GET.get("page") or _page_of(request, found))
    response = render(
        request, "desk/questions.html", {"page": page, "nav_current": "desk", **page_urls(request, page)}
    )
    asking.mark_seen(request.user)
    return response
