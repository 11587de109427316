"""The smallest company a campaign needs: five people, one region, one team per audience."""

from accounts.enums import Audience, Role
from accounts.models import Region
from campaigns.models import Goal
from channels.models import Channel, ChannelExpert
from tests.factories import (
    DepartmentFactory,
    KpiFactory,
    RegionFactory,
    TargetGroupFactory,
    TeamFactory,
    UserFactory,
)

PASSWORD = "correct-horse-battery"
PEOPLE = {
    "marketer": ("Mara", "Moser", Role.MARKETER),
    "expert": ("Emil", "Egger", Role.EXPERT),
    "reviewer": ("Rita", "Reiter", Role.REVIEWER),
    "manager": ("Max", "Maier", Role.MANAGER),
    "staff": ("Sina", "Steiner", Role.STAFF),
}
CHANNELS = ("email", "store")


def email(who: str) -> str:
    """The address by which one of PEOPLE signs in."""
    return f"{who}@journey.example"


def plant() -> None:
    """Put the company into an empty, migrated database."""
    austria = RegionFactory(
        code="AT", country="AT", timezone="Europe/Vienna", name_de="Österreich", name_en="Austria"
    )
    people = {who: _person(who, austria) for who in PEOPLE}
    for audience in Audience:
        TeamFactory(
            name=f"{audience.label} Wien",
            audience=audience,
            in_regions=[austria],
            with_members=[people["staff"]],
        )
    for channel in Channel.objects.filter(code__in=CHANNELS):
        ChannelExpert.objects.create(channel=channel, user=people["expert"])
    Goal.objects.create(title="Outdoor sales plus 8 %", measure="Sales of jackets in EUR")
    TargetGroupFactory(name_de="Wanderfamilien", name_en="Hiking families", insight="They buy on Saturdays.")
    DepartmentFactory(code="legal", name_de="Recht", name_en="Legal")
    KpiFactory(code="jackets", name_de="Verkaufte Jacken", name_en="Jackets sold")


def _person(who: str, region: Region) -> object:
    first, last, role = PEOPLE[who]
    return UserFactory(
        email=email(who), first_name=first, last_name=last, password=PASSWORD, roles_in={region: [role]}
    )
