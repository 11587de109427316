"""Campaigns in the admin: found, looked at, stopped through the services; history stays as it is."""

import pytest
from django.contrib import admin
from django.urls import reverse

from accounts.enums import Role
from campaigns.models import (
    Budget,
    Campaign,
    CampaignRegion,
    Contribution,
    Decision,
    Goal,
    LaunchRecord,
    Release,
    ReviewApproval,
    Theme,
)
from campaigns.services import exceptions
from core.models import AuditEvent
from kpis.models import Kpi, Target
from tests.campaigns.lifecycle_data import launching, line
from tests.factories import BudgetFactory, KpiFactory, UserFactory, manager
from tests.factories.lifecycle import approved, draft, fix_release, live

pytestmark = [pytest.mark.django_db, pytest.mark.once]
LIST = "admin:campaigns_campaign_changelist"


@pytest.fixture(autouse=True)
def during_the_campaign(time_machine):
    time_machine.move_to("2026-09-25T12:00:00+00:00", tick=False)


@pytest.fixture
def boss(client):
    """An admin who is a manager as well: the rules of a campaign's life hold in the admin, too."""
    person = UserFactory(roles=[Role.ADMIN, Role.MANAGER], is_staff=True)
    client.force_login(person)
    return person


def act(client, action, *campaigns, **data):
    chosen = {"action": action, "_selected_action": [campaign.pk for campaign in campaigns]}
    return client.post(reverse(LIST), chosen | data, follow=True)


def test_the_list_says_what_an_admin_looks_for(client, boss):
    campaign = live("AT", "DE", name="Draußen zuhause")
    BudgetFactory(campaign=campaign)
    html = client.get(reverse(LIST)).content.decode()
    for words in ("Draußen zuhause", "AT · DE", "€1,000 proposed", str(campaign.owner), "Live"):
        assert words in html


@pytest.mark.parametrize(
    "query", ["q=Herbst", "phase=draft", "state__exact=draft", "regions__region__id__exact={}"]
)
def test_search_and_filters_find_the_campaign(client, boss, query):
    wanted = draft("AT", name="Herbst")
    live("DE", name="Winter")
    query = query.format(wanted.regions.get().region_id)
    html = client.get(f"{reverse(LIST)}?{query}").content.decode()
    assert "Herbst" in html
    assert "Winter" not in html


def test_the_list_costs_the_same_for_one_and_three(client, boss, django_assert_num_queries):
    live("AT")
    client.get(reverse(LIST))
    with django_assert_num_queries(12):
        client.get(reverse(LIST))
    for _ in range(2):
        BudgetFactory(campaign=live("AT", "DE"))
    with django_assert_num_queries(12):
        client.get(reverse(LIST))


def test_the_page_of_a_campaign_shows_its_history_and_lets_nobody_change_it(client, boss):
    campaign = approved()
    with launching(line("share", waivable=True)):
        exceptions.waive(region=campaign.regions.get(), by=manager(), why="The call centre is closed")
    page = reverse("admin:campaigns_campaign_change", args=[campaign.pk])
    html = client.get(page).content.decode()
    assert "The call centre is closed" in html
    assert campaign.release.content_hash in html
    assert 'name="_save"' not in html
    assert client.post(page, {"name": "Renamed"}).status_code == 403
    assert client.post(reverse("admin:campaigns_campaign_delete", args=[campaign.pk])).status_code == 403
    assert client.get(reverse("admin:campaigns_campaign_add")).status_code == 403


@pytest.mark.parametrize(
    "model", [Campaign, CampaignRegion, Budget, Contribution, Decision, ReviewApproval, Target]
)
def test_what_services_write_is_only_read_here(rf, boss, model):
    request = rf.get("/")
    request.user = boss
    page = admin.site._registry[model]
    assert page.has_view_permission(request)
    assert not page.has_add_permission(request)
    assert not page.has_change_permission(request)
    assert not page.has_delete_permission(request)
    for inline in page.get_inline_instances(request):
        assert not inline.has_add_permission(request, None)
        assert not inline.has_change_permission(request)
        assert not inline.has_delete_permission(request)


@pytest.mark.parametrize("model", [Release, LaunchRecord])
def test_history_has_no_page_of_its_own(model):
    assert model not in admin.site._registry


def test_launches_stand_on_the_page_of_their_region(client, boss):
    region = live().regions.get()
    html = client.get(reverse("admin:campaigns_campaignregion_change", args=[region.pk])).content.decode()
    assert "Started" in html


def test_pausing_asks_for_a_reason_then_pauses_every_live_region(client, boss):
    campaign, waiting = live("AT", "DE"), approved("CH")
    asked = act(client, "pause_all_regions", campaign, waiting)
    assert "Pause every live region of the chosen campaigns" in asked.content.decode()
    assert set(campaign.regions.values_list("running", flat=True)) == {"live"}
    done = act(client, "pause_all_regions", campaign, waiting, reason="Wrong price").content.decode()
    assert "Done for 1 campaign." in done
    assert "No region is live." in done
    assert set(campaign.regions.values_list("running", flat=True)) == {"paused"}
    event = AuditEvent.objects.filter(verb="region.paused").first()
    assert (event.actor, event.data["reason"]) == (boss, "Wrong price")


def test_cancelling_says_for_each_campaign_what_came_of_it(client, boss):
    idle, running = draft(), live()
    empty = act(client, "cancel_with_reason", idle, running, reason="  ")
    assert empty.status_code == 422
    html = act(client, "cancel_with_reason", idle, running, reason="No stock").content.decode()
    assert "Done for 1 campaign." in html
    assert f"{running}: The campaign is running." in html
    idle.refresh_from_db()
    running.refresh_from_db()
    assert (idle.state, idle.cancelled_reason, running.state) == ("cancelled", "No stock", "approved")


def test_an_admin_who_is_no_manager_is_told_so(client):
    client.force_login(UserFactory(roles=[Role.ADMIN], is_staff=True))
    campaign = live()
    html = act(client, "pause_all_regions", campaign, reason="Wrong price").content.decode()
    assert "Only the owner or a manager can do this." in html
    assert campaign.regions.get().running == "live"


def test_goals_themes_and_kpis_are_edited_and_audited(client, boss):
    client.post(reverse("admin:campaigns_goal_add"), {"title": "Grow", "measure": "Revenue", "active": "on"})
    client.post(reverse("admin:campaigns_theme_add"), {"title": "Outdoor"})
    assert (Goal.objects.get().title, Theme.objects.get().title) == ("Grow", "Outdoor")
    kpi = KpiFactory(unit="number")
    page = reverse("admin:kpis_kpi_change", args=[kpi.pk])
    values = {"name_de": "Umsatz", "name_en": "Revenue", "direction": "up", "active": "on", "unit": "money"}
    client.post(page, values)
    kpi.refresh_from_db()
    assert (kpi.name_en, kpi.unit) == ("Revenue", "number")
    assert AuditEvent.objects.filter(actor=boss).count() == 3
    assert client.post(reverse("admin:kpis_kpi_delete", args=[kpi.pk])).status_code == 403
    assert Kpi.objects.count() == 1


def test_texts_of_people_do_no_harm_here(client, boss):
    campaign = draft(name="<script>alert(1)</script>")
    fix_release(campaign)
    for page in (reverse(LIST), reverse("admin:campaigns_campaign_change", args=[campaign.pk])):
        assert "<script>alert(1)" not in client.get(page).content.decode()
    asked = act(client, "pause_all_regions", campaign)
    assert "<script>alert(1)" not in asked.content.decode()
