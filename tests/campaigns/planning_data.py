"""What tests of the plan share: a company with regions, channels and people, and a filled-in form."""

from dataclasses import dataclass, field
from datetime import date
from uuid import uuid4

from accounts.enums import Role
from accounts.models import Region, User
from campaigns.models import Campaign, Goal
from channels.models import Channel, ChannelExpert
from core.forms.versioned import as_posted
from tests.factories import ChannelFactory, RegionFactory, UserFactory

START, END = date(2026, 9, 21), date(2026, 10, 31)


@dataclass
class Firm:
    """Regions DE and AT, channels mail and tv with an expert each, a marketer and a manager."""

    de: Region = field(default_factory=lambda: RegionFactory(code="DE"))
    at: Region = field(default_factory=lambda: RegionFactory(code="AT", timezone="Europe/Vienna"))
    mail: Channel = field(default_factory=lambda: ChannelFactory(code="mail"))
    tv: Channel = field(default_factory=lambda: ChannelFactory(code="tv"))
    goal: Goal = field(default_factory=lambda: Goal.objects.create(title="More jackets"))
    owner: User = field(default_factory=lambda: UserFactory(roles=[Role.MARKETER]))
    manager: User = field(default_factory=lambda: UserFactory(roles=[Role.MANAGER]))

    def __post_init__(self) -> None:
        self.mail_expert = self.expert_for(self.mail)
        self.tv_expert = self.expert_for(self.tv)

    def expert_for(self, channel: Channel, region: Region | None = None) -> User:
        """A new active expert of the channel."""
        person = UserFactory(roles=[Role.EXPERT])
        ChannelExpert.objects.create(channel=channel, user=person, region=region)
        return person


def filled_in(form, **changes):
    """What a browser sends for a form as it is shown, with changes; None takes a field away."""
    data: dict[str, object] = {}
    for name, bound in form.fields.items():
        sent = as_posted(bound, form.get_initial_for_field(bound, name))
        if sent:
            data[name] = sent if len(sent) > 1 else sent[0]
    data |= changes
    return {name: value for name, value in data.items() if value is not None}


def small_plan(firm: Firm, **changes) -> dict[str, object]:
    """The smallest form that can be saved."""
    data = {
        "submission": str(uuid4()),
        "name": "Outdoors",
        "owner": firm.owner.pk,
        "starts_on": "2026-09-21",
        "ends_on": "2026-10-31",
        "version": 1,
    }
    return {name: value for name, value in (data | changes).items() if value is not None}


def whole_plan(firm: Firm, **changes) -> dict[str, object]:
    """A form with two regions and two channels and 1,000 to share."""
    mail, tv = f"channel_{firm.mail.pk}", f"channel_{firm.tv.pk}"
    data = {
        "goal": firm.goal.pk,
        "theme": "Autumn",
        "purpose": "Jackets for families",
        f"region_{firm.de.pk}_use": "on",
        f"region_{firm.at.pk}_use": "on",
        f"region_{firm.at.pk}_starts_on": "2026-10-01",
        "currency": "EUR",
        "proposed": "1,000",
        f"{mail}_use": "on",
        f"{mail}_expert": firm.mail_expert.pk,
        f"{mail}_flights": ["2026-09-21", "2026-09-30", "2026-10-05", "2026-10-10"],
        f"{mail}_amount": "400",
        f"{tv}_use": "on",
        f"{tv}_expert": firm.tv_expert.pk,
        f"{tv}_regions": [str(firm.at.pk)],
        f"{tv}_flights": ["2026-10-01", "2026-10-31"],
        f"{tv}_amount": "500",
    }
    return small_plan(firm, **(data | changes))


def newest() -> Campaign:
    return Campaign.objects.latest("pk")
