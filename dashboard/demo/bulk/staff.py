"""Many people for benchmarks: planners, experts, reviewers, managers and teams in every region."""

import random
from dataclasses import dataclass, field
from datetime import date, datetime

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from accounts.enums import Audience, Role
from accounts.models import Region, RoleGrant, Team, TeamMember, User
from accounts.querysets import entitled
from channels.models import Channel, ChannelExpert
from dashboard.demo import company
from dashboard.demo.bulk.sheets import Sheet, go_on_numbering, write_all
from dashboard.demo.people import PASSWORD
from kpis.models import Kpi

ADDRESS = "person-{:05d}@many.bergmann-soehne.example"
TEAM = "Benchmark {audience} {code} {number}"
TEAM_SIZE = 40
# Per hundred people; the others talk to customers.
SHARES = {Role.MARKETER: 6, Role.EXPERT: 6, Role.REVIEWER: 4, Role.MANAGER: 1}
FIRST = (
    "Ada",
    "Ben",
    "Cleo",
    "Dana",
    "Emil",
    "Fritzi",
    "Gina",
    "Henri",
    "Ida",
    "Jakob",
    "Kim",
    "Luis",
    "Mia",
)
LAST = ("Arnold", "Beck", "Conrad", "Dorn", "Engel", "Fuchs", "Graf", "Hahn", "Iser", "Jung", "Kraft", "Lenz")


@dataclass
class Staff:
    """Ids of people by what they do, and the company's regions and channels."""

    regions: list[Region]
    channels: list[Channel]
    kpi: int
    groups: list[tuple[int, str, str]]
    marketers: list[tuple[int, str]] = field(default_factory=list)
    managers: list[int] = field(default_factory=list)
    reviewers: dict[int, list[int]] = field(default_factory=dict)
    experts: dict[int, list[tuple[int, str]]] = field(default_factory=dict)
    entitled: dict[tuple[str, int], list[int]] = field(default_factory=dict)


def load(count: int, day: date) -> Staff:
    """Bring the benchmark's people up to `count`, then say who does what."""
    made = company.load(day)
    people = User.objects.filter(email__startswith="person-", email__endswith="@many.bergmann-soehne.example")
    have = people.count()
    if have < count:
        _make(range(have + 1, count + 1), list(made.regions.values()), list(made.channels.values()))
    staff = Staff(
        regions=list(made.regions.values()),
        channels=list(made.channels.values()),
        kpi=Kpi.objects.get(code="revenue").pk,
        groups=[(one.pk, one.name_de, one.name_en) for one in made.groups.values()],
    )
    _sort(staff)
    return staff


def _make(numbers: range, regions: list[Region], channels: list[Channel]) -> None:
    chance = random.Random(numbers.start)  # nosec B311
    users = Sheet(
        User,
        "email",
        "first_name",
        "last_name",
        "language",
        "timezone",
        password=make_password(PASSWORD),
        date_joined=timezone.now().strftime("%Y-%m-%d %H:%M:%S"),
    )
    grants, links = (
        Sheet(RoleGrant, "user_id", "role", "region_id"),
        Sheet(ChannelExpert, "channel_id", "user_id"),
    )
    front: list[tuple[int, Region]] = []
    for number in numbers:
        region, role = regions[number % len(regions)], _role(number)
        first, last = chance.choice(FIRST), f"{chance.choice(LAST)} {number}"
        user = users.add(ADDRESS.format(number), first, last, region.language, region.timezone)
        grants.add(user, role, region.pk if role in (Role.STAFF, Role.REVIEWER) else None)
        if role == Role.STAFF:
            front.append((user, region))
        elif role == Role.EXPERT:
            for step in (0, 11):
                links.add(channels[(number + step) % len(channels)].pk, user)
    _write([users, grants, links])
    _teams(front)


def _role(number: int) -> Role:
    at = number % 100
    for role, share in SHARES.items():
        if at < share:
            return role
        at -= share
    return Role.STAFF


def _teams(front: list[tuple[int, Region]]) -> None:
    """Teams of at most TEAM_SIZE, one audience after the other in each region."""
    teams = Sheet(Team, "name", "audience", changed_at=_now())
    serves = Sheet(Team.regions.through, "team_id", "region_id")
    members = Sheet(TeamMember, "team_id", "user_id", joined_at=_now())
    places: dict[int, list[int]] = {}
    for user, region in front:
        places.setdefault(region.pk, []).append(user)
    codes = {region.pk: region.code for _user, region in front}
    audiences = list(Audience)
    for region_id, people in places.items():
        for at in range(0, len(people), TEAM_SIZE):
            audience = audiences[at // TEAM_SIZE % len(audiences)]
            name = TEAM.format(audience=audience.value, code=codes[region_id], number=teams.next_id())
            team = teams.add(name, audience.value)
            serves.add(team, region_id)
            for user in people[at : at + TEAM_SIZE]:
                members.add(team, user)
    _write([teams, serves, members])


def _write(sheets: list[Sheet]) -> None:
    write_all(sheets)
    go_on_numbering(sheets)


def _now() -> str:
    return text_of(timezone.now())


def text_of(moment: datetime) -> str:
    """A moment in UTC as both databases take it."""
    return moment.strftime("%Y-%m-%d %H:%M:%S")


def _sort(staff: Staff) -> None:
    for user in User.objects.here().holding(Role.MARKETER):
        staff.marketers.append((user.pk, str(user)))
    staff.managers = list(User.objects.here().holding(Role.MANAGER).values_list("pk", flat=True))
    for region in staff.regions:
        found = User.objects.here().holding(Role.REVIEWER, region=region)
        staff.reviewers[region.pk] = list(found.values_list("pk", flat=True))
        for audience in Audience:
            staff.entitled[audience.value, region.pk] = list(
                entitled(audience, region).order_by("pk").values_list("pk", flat=True)
            )
    for link in ChannelExpert.objects.filter(region=None, user__is_active=True).select_related("user"):
        staff.experts.setdefault(link.channel_id, []).append((link.user_id, str(link.user)))
