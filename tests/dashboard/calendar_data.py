"""A small plan for tests of the calendar: two regions, two channels, three campaigns in September 2026."""

from dataclasses import dataclass, field
from datetime import date, time

from accounts.enums import Role
from accounts.models import Region, User
from campaigns.models import Campaign, Daypart, Flight
from channels.models import Channel
from customers.models import TargetGroup
from tests.factories import (
    BudgetFactory,
    CampaignChannelFactory,
    CampaignFactory,
    ChannelFactory,
    DepartmentFactory,
    RegionFactory,
    TargetGroupFactory,
    UserFactory,
)

SEPTEMBER = "on=2026-09-01"


@dataclass
class Scene:
    """`mine` (21 September to 31 October, draft, e-mail 22 to 25 September with hours) and two others."""

    de: Region = field(default_factory=lambda: RegionFactory(code="DE"))
    uk: Region = field(default_factory=lambda: RegionFactory(code="UK", timezone="Europe/London"))
    mail: Channel = field(default_factory=lambda: ChannelFactory(code="mail", name_en="E-mail"))
    families: TargetGroup = field(default_factory=TargetGroupFactory)

    def __post_init__(self) -> None:
        team = DepartmentFactory(name_en="Brand")
        self.owner = UserFactory(roles=[Role.MARKETER], department=team, first_name="Jana", last_name="B")
        self.mine = self.campaign("Outdoors", self.owner, self.de, self.uk)
        self.flight = self.flight_of(self.mine, date(2026, 9, 22), date(2026, 9, 25))
        Daypart.objects.create(flight=self.flight, weekdays=0b0010001, begins=time(19), ends=time(22))

    def campaign(self, name: str, owner: User, *regions: Region, **more: object) -> Campaign:
        made = CampaignFactory(name=name, owner=owner, in_regions=regions, **more)
        made.target_groups.add(self.families)
        BudgetFactory(campaign=made)
        return made

    def flight_of(self, campaign: Campaign, first: date, last: date) -> Flight:
        row = campaign.channels.filter(channel=self.mail).first()
        row = row or CampaignChannelFactory(campaign=campaign, channel=self.mail, expert=None)
        return Flight.objects.create(campaign_channel=row, starts_on=first, ends_on=last)
