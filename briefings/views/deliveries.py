"""The mails of a version: who has got it, what failed and why, and what is decided about it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import BooleanField, Case, Count, Exists, OuterRef, Q, QuerySet, Subquery, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.models import User
from briefings.forms import DecisionForm, DeliveryFilter
from briefings.models import Briefing, BriefingVersion, Clearance, Delivery
from briefings.querysets import holding
from briefings.services import deciding
from briefings.services.status import came_back
from briefings.views.common import require_author, writable_briefing
from core.delivery.bounces import reports_on
from core.delivery.models import RoutePause
from core.delivery.states import WAITING, State
from core.paging import page_urls

PER_PAGE = 50
MAIL = "mail"


@require_GET
def listing(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """All mails of a version, those that need a decision first."""
    briefing = writable_briefing(request.user, pk)
    version = get_object_or_404(briefing.versions, number=number)
    return _show(request, briefing, version)


def _show(
    request: HttpRequest,
    briefing: Briefing,
    version: BriefingVersion,
    wrong: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    form = DeliveryFilter(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    page = Paginator(_found(version, chosen), PER_PAGE).get_page(request.GET.get("page"))
    counts = dict(version.deliveries.order_by().values_list("state").annotate(Count("pk")))
    context = {
        "briefing": briefing,
        "campaign": briefing.campaign,
        "region": briefing.campaign_region,
        "version": version,
        "is_current": briefing.current_id == version.pk,
        "form": form,
        "filtered": any(chosen.values()),
        "pause": _pause(counts),
        "counts": [(State(state).label, counts[state]) for state in State.values if state in counts],
        "page": page,
        "wrong": wrong or {},
        "address": reverse("briefings:deliveries", args=[briefing.pk, version.number]),
        **page_urls(request, page),
    }
    return render(request, "briefings/author/deliveries.html", context, status=status)


def _pause(counts: dict[str, int]) -> RoutePause | None:
    """Why mails wait, if the mail server does not take them; None while none waits."""
    if not any(counts.get(state) for state in WAITING):
        return None
    return RoutePause.objects.filter(route=MAIL).first()


def _found(version: BriefingVersion, chosen: dict[str, str]) -> QuerySet[Delivery]:
    confirmed = holding(
        user=OuterRef("user"),
        audience=version.briefing.audience,
        version__briefing__campaign_region=version.briefing.campaign_region_id,
    )
    cleared = Clearance.objects.filter(version=version, user=OuterRef("user"))
    found = version.deliveries.select_related("user").annotate(
        confirmed_at=Subquery(confirmed.order_by("-at").values("at")[:1]),
        cleared=Exists(cleared),
        returned=Case(When(came_back(), then=True), default=False, output_field=BooleanField()),
        # What came back is told by the newest report of the mail service.
        report=Subquery(reports_on(Delivery).values("detail")[:1]),
        settled=~(Q(state__in=[State.FAILED, State.UNCERTAIN]) | came_back()),
    )
    if chosen.get("state"):
        found = found.filter(state=chosen["state"])
    if chosen.get("q"):
        found = found.filter(user__in=User.objects.called(chosen["q"]))
    return found.order_by("settled", "user__last_name", "user__first_name", "pk")


@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a mail again, note that the log shows it, or clear its person by name; always with a reason."""
    visible = Briefing.objects.visible_to(request.user)
    related = ("user", "version__briefing__campaign", "version__briefing__campaign_region__region")
    found = Delivery.objects.filter(version__briefing__in=visible).select_related(*related)
    delivery = get_object_or_404(found, pk=pk)
    version = delivery.version
    require_author(request.user, version.briefing.campaign)
    form = DecisionForm(request.POST)
    problem = "" if form.is_valid() else _first_problem(form)
    if not problem:
        problem = _decide(request, delivery, form.cleaned_data)
    if problem:
        wrong = {"delivery": delivery, "message": problem, "reason": request.POST.get("reason", "")}
        return _show(request, version.briefing, version, wrong=wrong, status=422)
    return redirect("briefings:deliveries", version.briefing_id, version.number)


def _first_problem(form: DecisionForm) -> str:
    return str(next(iter(form.errors.values()))[0])


def _decide(request: HttpRequest, delivery: Delivery, given: dict[str, str]) -> str:
    """What stands against the decision, empty when it is done."""
    reason, by = given["reason"], request.user
    try:
        if given["decision"] == DecisionForm.AGAIN:
            deciding.send_again(delivery=delivery, by=by, reason=reason)
            said = _("The mail to %(person)s is sent again.")
        elif given["decision"] == DecisionForm.FOUND:
            deciding.found_in_log(delivery=delivery, by=by, reason=reason)
            said = _("The mail to %(person)s counts as sent.")
        else:
            deciding.clear_by_name(version=delivery.version, user=delivery.user, by=by, reason=reason)
            said = _("%(person)s is cleared by name.")
    except ValidationError as error:
        return " ".join(error.messages)
    messages.success(request, said % {"person": delivery.user})
    return ""
