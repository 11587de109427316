"""What the pages about teams show; every function runs a constant number of queries."""

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Case, Count, Exists, OuterRef, Prefetch, Q, QuerySet, When
from django.http import HttpRequest
from django.utils import timezone

from accounts.enums import Audience
from accounts.models import Absence, Region, Team, TeamMember, User
from accounts.rights import PLANNERS
from core import audit
from core.models import AuditEvent
from core.paging import page_urls

PER_PAGE = 25
PEOPLE_SHOWN = 50
QUERY_LENGTH = 80
LOG_LENGTH = 10


def people_of(team: Team) -> QuerySet[User]:
    """Members, lead and deputy of a team, people who have left included."""
    members = TeamMember.objects.filter(team=team, user=OuterRef("pk"))
    return User.objects.filter(Exists(members) | Q(pk__in=[team.lead_id, team.deputy_id]))


def people_page(request: HttpRequest, team: Team) -> dict[str, Any]:
    """One page of a team's people, lead and deputy first; each has `coming` (absences not over yet), `away`
    and `may_go`. `q` narrows them by name or address.
    """
    today = timezone.localdate()
    leading = Q(pk=team.lead_id) | Q(pk=team.deputy_id)
    query = request.GET.get("q", "").replace("\0", "").strip()[:QUERY_LENGTH]
    first = Case(When(leading, then=0), default=1)
    people = people_of(team).called(query).order_by(first, *User._meta.ordering)
    coming = Prefetch("absences", queryset=Absence.objects.from_day(today), to_attr="coming")
    page = Paginator(people.prefetch_related(coming), PEOPLE_SHOWN).get_page(request.GET.get("page"))
    for person in page.object_list:
        person.may_go = person.pk not in (team.lead_id, team.deputy_id)
        person.away = next((a for a in person.coming if a.covers(today)), None)
    total = page.paginator.count
    found = {"query": query, "searchable": bool(query) or total > PEOPLE_SHOWN}
    return {"people": page.object_list, "total": total, **found, **page_urls(request, page)}


def absences_of(person: User) -> QuerySet[Absence]:
    """Absences of a person that are not over yet."""
    return person.absences.from_day(timezone.localdate())


def team_log(team: Team) -> list[dict[str, Any]]:
    """What happened to a team lately, for components/log.html."""
    events = AuditEvent.objects.filter(scope=audit.scope_of(team)).select_related("actor")[:LOG_LENGTH]
    return [{"actor": event.actor, "text": audit.sentence(event), "at": event.at} for event in events]


def last_actor(team: Team) -> User | None:
    """Who changed the team last."""
    event = AuditEvent.objects.filter(scope=audit.scope_of(team)).select_related("actor").first()
    return event.actor if event else None


def team_page(request: HttpRequest, chosen: dict[str, Any]) -> dict[str, Any]:
    """One page of the teams that match `chosen` (audience, region), and the coverage of the regions."""
    visible = Team.objects.visible_to(request.user)
    paginator = Paginator(_matching(visible, chosen), PER_PAGE)
    page = paginator.get_page(request.GET.get("page"))
    return {
        "teams": page.object_list,
        "total": paginator.count,
        **page_urls(request, page),
        "coverage": coverage(visible, request.user),
        "audiences": Audience,
    }


def _matching(teams: QuerySet[Team], chosen: dict[str, Any]) -> QuerySet[Team]:
    if chosen.get("audience"):
        teams = teams.filter(audience=chosen["audience"])
    if chosen.get("region"):
        teams = teams.filter(regions=chosen["region"])
    today = timezone.localdate()
    away = Absence.objects.covering(today).values("user")
    here = Q(memberships__user__is_active=True)
    return (
        teams.select_related("lead", "deputy")
        .prefetch_related("regions")
        .annotate(
            size=Count("memberships", filter=here, distinct=True),
            away=Count("memberships", filter=here & Q(memberships__user__in=away), distinct=True),
        )
        .order_by("-active", "name")
    )


@dataclass(frozen=True)
class Coverage:
    """How many active teams serve each audience in a region, in the order of Audience."""

    region: Region
    counts: list[int]

    @property
    def cells(self) -> list[tuple[str, int]]:
        """(audience in words, number of teams)."""
        return [(str(label), n) for label, n in zip(Audience.labels, self.counts, strict=True)]


def coverage(teams: QuerySet[Team], user: User) -> list[Coverage]:
    """The regions for which the person plans, with the number of active teams by audience."""
    planned = user.rights.regions(*PLANNERS)
    if planned is not None and not planned:
        return []
    regions = Region.objects.filter(active=True)
    regions = regions if planned is None else regions.filter(pk__in=planned)
    rows = teams.filter(active=True).order_by().values("audience", "regions").annotate(n=Count("pk"))
    counts = {(row["regions"], row["audience"]): row["n"] for row in rows}
    return [Coverage(r, [counts.get((r.pk, audience), 0) for audience in Audience.values]) for r in regions]
