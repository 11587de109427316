"""The people of a run and what happens to them: briefed, gone and back, told anew, confirming."""

import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from django.db import InterfaceError, OperationalError, connection

from accounts.enums import Audience, Role
from accounts.models import RoleGrant, Team, TeamMember, User
from accounts.services.teams import add_member, remove_member
from briefings.models import Briefing, BriefingVersion, Delivery
from briefings.services.confirming import confirm
from campaigns.models import Campaign, CampaignRegion
from tests.briefings.data import coming, put_out, region_in, rewrite, written
from tests.factories import TeamFactory

Answer = TypeVar("Answer")
BATCH = 1000
# Beat starts and ends what is due; these campaigns are not due within any run.
STARTS, ENDS = date(2090, 1, 2), date(2090, 6, 30)
FAR = {"starts_on": STARTS, "ends_on": ENDS}
AWAY_SECONDS = 30


def insist(act: Callable[[], Answer]) -> Answer:
    """Do it, again if the database was just away; what is done through here may be done twice."""
    deadline = time.monotonic() + AWAY_SECONDS
    while True:
        try:
            return act()
        except (OperationalError, InterfaceError):
            connection.close()
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


@dataclass
class Briefed:
    """A briefing, its team and the people in it."""

    team: Team
    people: list[User]
    briefing: Briefing
    version: BriefingVersion | None = None
    versions: list[BriefingVersion] = field(default_factory=list)

    def rows(self) -> Any:
        """The mails of all its versions."""
        return Delivery.objects.filter(version__briefing=self.briefing, route="mail")

    def state(self, person: User) -> str:
        """State of the mail of the current version to a person."""
        return insist(
            lambda: self.rows().values_list("state", flat=True).get(version=self.version, user=person)
        )

    def states(self) -> list[str]:
        """The states of the mails of the current version, in the order of the people."""
        rows = insist(lambda: dict(self.rows().filter(version=self.version).values_list("user", "state")))
        return [rows[person.pk] for person in self.people]


class World:
    """One campaign; every briefing in it is for a region and audience of its own."""

    def __init__(self, regions: int) -> None:
        codes = [f"F{n}" for n in range(regions)]
        self.campaign = coming(*codes)
        Campaign.objects.filter(pk=self.campaign.pk).update(**FAR)
        CampaignRegion.objects.filter(campaign=self.campaign).update(**FAR)
        self.campaign.refresh_from_db()
        self._free = [(code, audience) for code in codes for audience in Audience]
        self.all: list[Briefed] = []
        # From when until when (None: to the end) a person had no right; when a version ceased to be current.
        self.barred: dict[int, list[list[float | None]]] = defaultdict(list)
        self.superseded: dict[int, float] = {}

    def people(self, name: str, count: int = 1, *, addresses: list[str] | None = None) -> Briefed:
        """`count` people in a team that no other serves beside, and an unpublished briefing for them."""
        code, audience = self._free.pop(0)
        region = region_in(self.campaign, code)
        emails = addresses or [f"{name}-{n}@firm.example" for n in range(count)]
        users = [
            User(email=one, first_name="Jo", last_name=name, language="de", password="!") for one in emails
        ]
        users = User.objects.bulk_create(users, batch_size=BATCH)
        RoleGrant.objects.bulk_create(
            [RoleGrant(user=one, role=Role.STAFF) for one in users], batch_size=BATCH
        )
        team = TeamFactory(name=name, audience=audience, in_regions=[region.region])
        TeamMember.objects.bulk_create([TeamMember(team=team, user=one) for one in users], batch_size=BATCH)
        briefed = Briefed(team, users, written(region, audience=audience))
        self.all.append(briefed)
        return briefed

    def publish(self, briefed: Briefed) -> BriefingVersion:
        """Publish the briefing, or a newer version of it if there is one."""
        previous = briefed.version
        if previous is not None:
            offer = f"Changed, version {previous.number + 1}"
            insist(lambda: rewrite(briefed.briefing, offer=offer))
        briefed.version = insist(lambda: put_out(briefed.briefing))
        briefed.versions.append(briefed.version)
        if previous is not None:
            self.superseded[previous.pk] = time.time()
        return briefed.version

    def leave(self, briefed: Briefed, person: User) -> None:
        """The person leaves the team; from the moment this returns nothing may go to him."""
        insist(lambda: remove_member(team=briefed.team, user=person, by=None))
        self.barred[person.pk].append([time.time(), None])

    def come_back(self, briefed: Briefed, person: User) -> None:
        """The person is in the team again."""
        self.barred[person.pk][-1][1] = time.time()
        insist(lambda: add_member(team=briefed.team, user=person, by=None))

    def confirm(self, briefed: Briefed, person: User) -> None:
        """The person confirms the current version in the app."""
        insist(lambda: confirm(version=briefed.version, user=person))

    def had_no_right(self, user: int, version: int, at: float, grace: float) -> float | None:
        """Since when, if the person had lost the right to the version for more than `grace` seconds."""
        if (gone := self.superseded.get(version)) is not None and at > gone + grace:
            return gone
        for since, until in self.barred[user]:
            if since + grace < at and (until is None or at < until):
                return since
        return None
