"""Small factories: every test names what it needs, the rest is sensible."""

from datetime import date
from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from accounts import models as accounts
from accounts.enums import Role
from campaigns import models as campaigns
from channels import models as channels
from customers import models as customers
from kpis import models as kpis

PASSWORD = "correct-horse-battery"


class DepartmentFactory(DjangoModelFactory):
    class Meta:
        model = accounts.Department

    code = factory.Sequence(lambda n: f"department-{n}")
    name_de = factory.LazyAttribute(lambda o: f"Abteilung {o.code}")
    name_en = factory.LazyAttribute(lambda o: f"Department {o.code}")


class RegionFactory(DjangoModelFactory):
    class Meta:
        model = accounts.Region
        django_get_or_create = ("code",)

    code = factory.Sequence(lambda n: f"R{n}")
    country = "DE"
    language = "de"
    timezone = "Europe/Berlin"
    currency = "EUR"
    name_de = factory.LazyAttribute(lambda o: f"Region {o.code}")
    name_en = factory.LazyAttribute(lambda o: f"Region {o.code}")


class UserFactory(DjangoModelFactory):
    """A person; `roles=[Role.MARKETER]` grants everywhere, `roles_in={region: [Role...]}` in regions."""

    class Meta:
        model = accounts.User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@firm.example")
    first_name = "Jo"
    last_name = factory.Sequence(lambda n: f"Person{n}")
    language = "en"

    @factory.post_generation
    def password(self, create, extracted, **kwargs):
        self.set_password(extracted or PASSWORD)
        if create:
            self.save(update_fields=["password"])

    @factory.post_generation
    def roles(self, create, extracted, **kwargs):
        for role in extracted or []:
            accounts.RoleGrant.objects.create(user=self, role=role)

    @factory.post_generation
    def roles_in(self, create, extracted, **kwargs):
        for region, roles in (extracted or {}).items():
            for role in roles:
                accounts.RoleGrant.objects.create(user=self, role=role, region=region)


def marketer(**kwargs):
    return UserFactory(roles=[Role.MARKETER], **kwargs)


def manager(**kwargs):
    return UserFactory(roles=[Role.MANAGER], **kwargs)


class TeamFactory(DjangoModelFactory):
    """A team; `in_regions=[...]` and `with_members=[...]` fill it."""

    class Meta:
        model = accounts.Team
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Team {n}")
    audience = "service"

    @factory.post_generation
    def in_regions(self, create, extracted, **kwargs):
        self.regions.add(*(extracted or []))

    @factory.post_generation
    def with_members(self, create, extracted, **kwargs):
        for user in extracted or []:
            accounts.TeamMember.objects.create(team=self, user=user)


class ChannelFactory(DjangoModelFactory):
    class Meta:
        model = channels.Channel
        django_get_or_create = ("code",)

    code = factory.Sequence(lambda n: f"channel-{n}")
    name_de = factory.LazyAttribute(lambda o: f"Kanal {o.code}")
    name_en = factory.LazyAttribute(lambda o: f"Channel {o.code}")
    medium = "online"
    direction = "outbound"
    icon = "envelope"


class TargetGroupFactory(DjangoModelFactory):
    class Meta:
        model = customers.TargetGroup

    name_de = factory.Sequence(lambda n: f"Zielgruppe {n}")
    name_en = factory.Sequence(lambda n: f"Target group {n}")


class PhaseFactory(DjangoModelFactory):
    """A phase of the customer journey."""

    class Meta:
        model = channels.JourneyPhase
        django_get_or_create = ("code",)

    code = factory.Sequence(lambda n: f"phase-{n}")
    name_de = factory.LazyAttribute(lambda o: f"Phase {o.code}")
    name_en = factory.LazyAttribute(lambda o: f"Phase {o.code}")


class CampaignFactory(DjangoModelFactory):
    """A bare draft; `in_regions=[region, ...]` adds regions over the whole period."""

    class Meta:
        model = campaigns.Campaign
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Campaign {n}")
    owner = factory.LazyFunction(marketer)
    starts_on = date(2026, 9, 21)
    ends_on = date(2026, 10, 31)

    @factory.post_generation
    def in_regions(self, create, extracted, **kwargs):
        for region in extracted or []:
            CampaignRegionFactory(campaign=self, region=region)


class CampaignRegionFactory(DjangoModelFactory):
    class Meta:
        model = campaigns.CampaignRegion

    campaign = factory.SubFactory(CampaignFactory)
    region = factory.SubFactory(RegionFactory)
    starts_on = factory.SelfAttribute("campaign.starts_on")
    ends_on = factory.SelfAttribute("campaign.ends_on")


class CampaignChannelFactory(DjangoModelFactory):
    """A channel of a campaign in all regions the campaign has so far."""

    class Meta:
        model = campaigns.CampaignChannel
        skip_postgeneration_save = True

    campaign = factory.SubFactory(CampaignFactory)
    channel = factory.SubFactory(ChannelFactory)
    expert = factory.LazyFunction(lambda: UserFactory(roles=[Role.EXPERT]))

    @factory.post_generation
    def regions(self, create, extracted, **kwargs):
        self.regions.set(self.campaign.regions.all() if extracted is None else extracted)


class BudgetFactory(DjangoModelFactory):
    class Meta:
        model = campaigns.Budget

    campaign = factory.SubFactory(CampaignFactory)
    proposed = Decimal("1000.00")


class KpiFactory(DjangoModelFactory):
    class Meta:
        model = kpis.Kpi

    code = factory.Sequence(lambda n: f"kpi-{n}")
    name_de = factory.LazyAttribute(lambda o: f"Kennzahl {o.code}")
    name_en = factory.LazyAttribute(lambda o: f"KPI {o.code}")
