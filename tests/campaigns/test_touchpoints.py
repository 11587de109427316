"""The touchpoint map: use, presence and gaps, the ranking with its reasons, what is left out and why."""

from decimal import Decimal

import pytest

from accounts.enums import Role
from campaigns.models import Allocation, Campaign, Flight, LeftOut
from campaigns.services import scenarios
from campaigns.services.dossier import Dossier
from campaigns.services.plan_data import ChannelPlan
from campaigns.services.planning import set_channels
from campaigns.services.touchpoints import TouchpointMap
from channels.models import Channel, JourneyPhase
from core.audit import sentence
from core.models import AuditEvent
from customers.models import ChannelUse
from tests.factories import (
    BudgetFactory,
    CampaignChannelFactory,
    CampaignFactory,
    ChannelFactory,
    PhaseFactory,
    RegionFactory,
    TargetGroupFactory,
    UserFactory,
)
from tests.kpis.test_kpi_naughty import WORST, said

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


class Scene:
    """A campaign for one group in two phases; it has mail, not the shop and TV."""

    def __init__(self):
        JourneyPhase.objects.all().delete()
        Channel.objects.all().delete()
        self.region = RegionFactory()
        self.owner = UserFactory(roles=[Role.MARKETER])
        self.campaign = CampaignFactory(owner=self.owner, in_regions=[self.region])
        self.budget = BudgetFactory(campaign=self.campaign, proposed=1000)
        self.group = TargetGroupFactory(name_en="Hikers")
        self.campaign.target_groups.add(self.group)
        self.compare = PhaseFactory(code="compare", name_en="Compare", position=1)
        self.buy = PhaseFactory(code="buy", name_en="Buy", position=2)
        self.mail = ChannelFactory(code="mail", name_en="Mail", position=1)
        self.shop = ChannelFactory(code="shop", name_en="Shop", position=2)
        self.tv = ChannelFactory(code="tv", name_en="TV", position=3)
        self.row = CampaignChannelFactory(campaign=self.campaign, channel=self.mail)
        self.uses(self.group, {self.mail: (1, 0), self.shop: (2, 3), self.tv: (1, None)})

    def uses(self, group, levels):
        for channel, pair in levels.items():
            for phase, level in zip((self.compare, self.buy), pair, strict=True):
                if level is not None:
                    ChannelUse.objects.create(group=group, channel=channel, phase=phase, level=level)

    def map(self, chosen=None):
        return TouchpointMap(Dossier(Campaign.objects.get(pk=self.campaign.pk)), chosen)

    @property
    def url(self):
        return f"/campaigns/{self.campaign.pk}/touchpoints/"

    def leave(self, channel):
        return f"{self.url}{channel.pk}/leave-out/"


@pytest.fixture
def scene():
    return Scene()


@pytest.fixture
def signed(client, scene):
    client.force_login(scene.owner)
    return client


def test_gaps_are_where_they_often_are_and_the_campaign_is_not(scene):
    made = scene.map()
    assert [str(one.channel) for one in made.missing] == ["Shop"]
    shop = made.missing[0]
    assert [(str(cell.phase), int(cell.level), cell.gap) for cell in shop.cells] == [
        ("Compare", 2, True),
        ("Buy", 3, True),
    ]
    by_phase = [
        (str(phase), [str(one.channel) for one, _cell in pairs]) for phase, pairs, _gaps in made.by_phase
    ]
    assert by_phase == [("Compare", ["Shop", "Mail", "TV"]), ("Buy", ["Shop", "Mail"])]
    assert [gaps for _phase, _pairs, gaps in made.by_phase] == [1, 1]


def test_points_say_how_they_came_about(scene):
    ranks = {str(one.channel): one.rank for one in scene.map().touchpoints}
    # Shop: (1 + 5/6) / 2; mail and TV: (1/3 + 1/6) / 2.
    assert {name: rank.points for name, rank in ranks.items()} == {"Shop": 92, "Mail": 25, "TV": 25}
    assert ranks["Shop"].why == [
        "First choice in Buy (Hikers)",
        "Often used in Compare (Hikers)",
    ]
    assert ranks["Shop"].experience == ["No earlier campaign for these groups has results for it"]
    assert ranks["Shop"].sum == "Preference 92"
    assert ranks["Shop"].relevant
    assert not ranks["TV"].relevant


def test_several_groups_count_alike_and_one_can_be_chosen(scene):
    other = TargetGroupFactory(name_en="Campers")
    scene.campaign.target_groups.add(other)
    scene.uses(other, {scene.tv: (3, 3), scene.shop: (0, 0)})
    both = {str(one.channel): one for one in scene.map().touchpoints}
    assert {name: one.rank.points for name, one in both.items()} == {"TV": 62, "Shop": 46, "Mail": 12}
    assert [str(group) for group in both["TV"].cells[0].groups] == ["Campers"]
    alone = {str(one.channel): one.rank.points for one in scene.map(other.pk).touchpoints}
    assert alone == {"TV": 100, "Shop": 0, "Mail": 0}


def earlier(scene, number, channels):
    """Finished campaigns for the same group that spent 100 on each channel."""
    for _ in range(number):
        campaign = CampaignFactory(phase="finished")
        campaign.target_groups.add(scene.group)
        budget = BudgetFactory(campaign=campaign, proposed=1000)
        for channel in channels:
            row = CampaignChannelFactory(campaign=campaign, channel=channel)
            Allocation.objects.create(budget=budget, campaign_channel=row, amount=200)
            Allocation.objects.filter(campaign_channel=row).update(spent=100)


def test_results_of_earlier_campaigns_move_points_only_when_there_are_enough(scene):
    values = {scene.mail.pk: Decimal(300), scene.shop.pk: Decimal(100), scene.tv.pk: Decimal(200)}

    @scenarios.channel_results.register("touchpoints-test")
    def results(campaigns, channels):
        return [(number, pk, "Orders", values[pk]) for number in campaigns for pk in channels]

    try:
        earlier(scene, 2, [scene.mail, scene.shop])
        few = {str(one.channel): one.rank for one in scene.map().touchpoints}
        assert few["Mail"].results == 0
        assert few["Mail"].experience[0] == "Only 2 earlier campaigns used it: too few to count"
        earlier(scene, 1, [scene.mail, scene.shop, scene.tv])
        enough = {str(one.channel): one.rank for one in scene.map().touchpoints}
    finally:
        del scenarios.channel_results._entries["touchpoints-test"]
    assert (enough["Mail"].preference, enough["Mail"].results, enough["Mail"].points) == (25, 20, 45)
    assert (
        enough["Mail"].experience[0] == "Orders per amount spent: place 1 of 2 channels in earlier campaigns"
    )
    assert (enough["Shop"].results, enough["Shop"].points) == (-20, 72)
    assert enough["Shop"].sum == "Preference 92, results \u221220"
    assert enough["TV"].results == 0


def test_a_channel_is_left_out_with_a_reason_and_comes_back_with_the_plan(signed, scene):
    page = signed.get(scene.url).content.decode()
    assert "Often used in “Compare” (Hikers), campaign absent" in page
    assert f"/campaigns/{scene.campaign.pk}/edit/?channel={scene.shop.pk}#channel-{scene.shop.pk}" in page
    assert "Missing without a reason" in panel(signed, scene)
    assert "It has 92 points" in signed.get(scene.leave(scene.shop)).content.decode()
    empty = signed.post(scene.leave(scene.shop), {"reason": "  ", "version": "0"})
    assert list(empty.context["form"].errors) == ["reason"]
    answer = signed.post(scene.leave(scene.shop), {"reason": WORST, "version": "0"})
    assert answer.url == f"{scene.url}#left-out"
    kept = LeftOut.objects.get()
    assert (kept.reason, kept.by, kept.version) == (WORST, scene.owner, 1)
    assert said(signed.get(scene.url))
    assert "Missing without a reason" not in panel(signed, scene)
    assert said(signed.get(f"/campaigns/{scene.campaign.pk}/plan/"))
    assert scene.map().missing == []
    assert WORST in sentence(AuditEvent.objects.get(verb="channel.left_out"))
    plans = (ChannelPlan(channel=scene.mail), ChannelPlan(channel=scene.shop))
    set_channels(campaign=scene.campaign, by=scene.owner, channels=plans)
    assert not LeftOut.objects.exists()
    late = signed.post(scene.leave(scene.shop), {"reason": "Too dear", "version": "0"})
    assert late.context["form"].errors["reason"] == ["Shop is part of the plan by now."]


def panel(client, scene):
    return client.get(f"/campaigns/{scene.campaign.pk}/panels/", headers=HTMX).content.decode()


def test_two_reasons_at_once_are_told(signed, scene):
    first = {"reason": "Too dear", "version": "0"}
    signed.post(scene.leave(scene.shop), first)
    answer = signed.post(scene.leave(scene.shop), first | {"reason": "No people"})
    assert answer.status_code == 409
    assert answer.context["form"].conflict.by == scene.owner
    again = dict(answer.context["form"].data.lists()) | {"reason": "Both"}
    assert signed.post(scene.leave(scene.shop), again).status_code == 302
    assert LeftOut.objects.get().reason == "Both"


def test_a_channel_can_be_added_from_the_map(signed, scene):
    page = signed.get(f"/campaigns/{scene.campaign.pk}/edit/?channel={scene.shop.pk}").content.decode()
    assert f'id="channel-{scene.shop.pk}"' in page
    assert signed.get(f"/campaigns/{scene.campaign.pk}/edit/?channel=none").status_code == 200


def test_without_groups_and_without_knowledge_the_page_says_what_to_do(signed, scene):
    ChannelUse.objects.all().delete()
    assert "Nobody has said yet which channels these groups use" in signed.get(scene.url).content.decode()
    scene.campaign.target_groups.clear()
    assert "Whom is the campaign for?" in signed.get(scene.url).content.decode()


def test_flights_outside_their_regions_are_marked(signed, scene):
    first = scene.campaign.starts_on
    Flight.objects.create(campaign_channel=scene.row, starts_on=first, ends_on=first)
    assert "outside the period of its regions" not in signed.get(scene.url).content.decode()
    scene.campaign.regions.update(starts_on=scene.campaign.ends_on)
    assert "outside the period of its regions" in signed.get(scene.url).content.decode()


def test_campaigns_for_the_same_people_at_the_same_time_are_named(signed, scene):
    near, far = TargetGroupFactory(name_en="Campers", age_from=20), TargetGroupFactory(age_from=70)
    scene.group.age_to = 40
    scene.group.save()
    for name, group, regions in (
        ("Tents", near, [scene.region]),
        ("Old", far, [scene.region]),
        ("Elsewhere", near, [RegionFactory()]),
    ):
        CampaignFactory(name=name, in_regions=regions).target_groups.add(group)
    page = signed.get(scene.url)
    found = page.context["neighbours"].campaigns
    assert [(one.campaign.name, str(one.overlap.closeness)) for one in found] == [("Tents", "some")]
    assert "Made for Campers, who overlap with Hikers" in page.content.decode()
    assert "Tents" in panel(signed, scene)


@pytest.mark.parametrize("number", [1, 3])
def test_as_many_queries_for_many_groups_and_channels(signed, scene, number, django_assert_num_queries):
    for _ in range(number):
        group, channel = TargetGroupFactory(), ChannelFactory()
        scene.campaign.target_groups.add(group)
        scene.uses(group, {channel: (3, 1), ChannelFactory(): (2, 2)})
        row = CampaignChannelFactory(campaign=scene.campaign, channel=channel)
        Flight.objects.create(campaign_channel=row, starts_on="2026-09-21", ends_on="2026-09-22")
        LeftOut.objects.create(campaign=scene.campaign, channel=ChannelFactory(), reason="x", by=scene.owner)
        other = CampaignFactory(in_regions=[scene.region])
        other.target_groups.add(group)
    signed.get(scene.url)
    with django_assert_num_queries(23):
        signed.get(scene.url)
