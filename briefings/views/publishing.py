"""Publishing a draft: who gets it, what changed, who is asked again; and what was published before."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from accounts.models import Team, User
from briefings.errors import NotAsShown, NotPublishable
from briefings.forms import PublishForm
from briefings.models import Briefing, BriefingVersion
from briefings.querysets import holding
from briefings.reading import Page
from briefings.services import content, publishing
from briefings.services.checking import check_results
from briefings.services.difference import Change, check_changes, compare
from briefings.services.recipients import recipients
from briefings.views.author import basis_of
from briefings.views.common import writable_briefing
from campaigns.services.content import canonical_hash
from core import formats
from core.concurrency import StaleVersion


@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what publishing would do, and do it."""
    briefing = writable_briefing(request.user, pk)
    if request.method != "POST":
        return _show(request, briefing)
    form = PublishForm(request.POST)
    if not form.is_valid():
        return _show(request, briefing, form=form, status=422)
    try:
        version = _publish(request, briefing, form)
    except (StaleVersion, NotAsShown) as changed:
        fresh = writable_briefing(request.user, pk)
        what = "draft" if isinstance(changed, StaleVersion) else "basis"
        return _show(request, fresh, kept=form.cleaned_data, stale=what, status=409)
    except NotPublishable as refused:
        return _show(request, briefing, kept=form.cleaned_data, refused=refused, status=422)
    messages.success(request, _published(version))
    return redirect("briefings:campaign", briefing.campaign_id)


def _publish(request: HttpRequest, briefing: Briefing, form: PublishForm) -> BriefingVersion:
    given = form.cleaned_data
    return publishing.publish(
        briefing=briefing,
        by=request.user,
        expected=given["version"],
        ask_again=given["ask_again"],
        change_note=given["change_note"],
        seen=given["seal"],
    )


def _published(version: BriefingVersion) -> str:
    people = version.inbox_items.filter(withdrawn=False).count()
    words = ngettext(
        "Version %(number)s is published to %(people)s person.",
        "Version %(number)s is published to %(people)s people.",
        people,
    )
    return words % {"number": version.number, "people": formats.number(people)}


def _show(
    request: HttpRequest,
    briefing: Briefing,
    *,
    form: PublishForm | None = None,
    kept: dict[str, Any] | None = None,
    refused: NotPublishable | None = None,
    stale: str = "",
    status: int = 200,
) -> HttpResponse:
    """`kept` is what was entered, for the form of what there is to publish now."""
    people = recipients(briefing)
    if refused is None:
        refused = _refusal(briefing, people)
    context = {
        "briefing": briefing,
        "campaign": briefing.campaign,
        "region": briefing.campaign_region,
        "refused": refused,
        "stale": stale,
        "people": people,
        "teams": _teams(briefing, {user.pk for user in people}),
        **_difference(briefing, form, kept or {}),
    }
    return render(request, "briefings/author/publish.html", context, status=status)


def _refusal(briefing: Briefing, people: list[User]) -> NotPublishable | None:
    try:
        publishing.publishable(briefing, briefing.campaign)
    except NotPublishable as refused:
        return refused
    return None if people else NotPublishable(publishing.nobody(briefing))


def _teams(briefing: Briefing, people: set[int]) -> list[tuple[Team, int]]:
    """Serving teams with how many of the recipients they have (two queries)."""
    teams = Team.objects.serving(briefing.audience, briefing.campaign_region.region_id)
    return [
        (team, len(people & _in(team))) for team in teams.prefetch_related("memberships").order_by("name")
    ]


def _in(team: Team) -> set[int | None]:
    """Everybody with a place in the team; the one who leads it need not be a member."""
    return {team.lead_id, team.deputy_id, *(member.user_id for member in team.memberships.all())}


def _difference(briefing: Briefing, form: PublishForm | None, kept: dict[str, Any]) -> dict[str, Any]:
    """What the new version would say, and how that differs from the published one."""
    new = content.build(briefing, basis_of(briefing)[0])
    old = briefing.current.content if briefing.current else None
    insists = bool(old) and content.insists(old, new)
    binding = content.binding_changes(old, new) if old else []
    seen = {"version": briefing.version, "seal": canonical_hash(new)}
    initial = {"ask_again": bool(binding)} | kept | seen
    same_release = bool(old) and briefing.current.release_id == briefing.campaign.release_id
    shown = {"insists": insists, "first": old is None}
    return {
        "form": PublishForm(form.data if form else None, initial=initial, **shown),
        "page": Page(new),
        "first": old is None,
        "insists": insists,
        "binding": [part.label for part in binding],
        "changes": _all_changes(old, new) if old else [],
        "same_release": same_release,
        "nothing_new": same_release and old == new,
    }


def _all_changes(old: content.Content, new: content.Content) -> list[Change]:
    return [*compare(old, new), *check_changes(old, new)]


@require_GET
def versions(request: HttpRequest, pk: int) -> HttpResponse:
    """Every published version with what it asked for."""
    briefing = writable_briefing(request.user, pk)
    found = briefing.versions.select_related("published_by", "release").defer("content", "release__content")
    context = {
        "briefing": briefing,
        "campaign": briefing.campaign,
        "region": briefing.campaign_region,
        "versions": found,
    }
    return render(request, "briefings/author/versions.html", context)


@require_GET
def version(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """One version as its readers see it, and what it changed."""
    briefing = writable_briefing(request.user, pk)
    found = get_object_or_404(briefing.versions.select_related("published_by", "release"), number=number)
    before = briefing.versions.filter(number=number - 1).first()
    asked = holding(audience=briefing.audience, version__briefing=briefing.pk)
    context = {
        "briefing": briefing,
        "campaign": briefing.campaign,
        "region": briefing.campaign_region,
        "version": found,
        "page": Page(found.content),
        "changes": _all_changes(before.content, found.content) if before else [],
        "results": check_results(found),
        "before": before,
        "confirmed": asked.filter(version__number__range=(found.asks_from, found.number)).count(),
    }
    return render(request, "briefings/author/version.html", context)
