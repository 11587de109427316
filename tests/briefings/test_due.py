"""When briefings are due, and how late they are (due rule)."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from accounts.models import Region
from briefings import home
from briefings.checks import briefing_lines
from briefings.services.due import due_of
from campaigns.models import Campaign
from campaigns.services.dossier import Dossier
from tests.briefings.data import region_in, staff
from tests.factories import CampaignFactory, CampaignRegionFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def closed_never(region):
    """A region of a country without holidays, so that only weekdays count."""
    Region.objects.update(country="XX")
    return region_in(region.campaign)


def starting(region, day):
    type(region).objects.filter(pk=region.pk).update(starts_on=day, ends_on=day + timedelta(days=30))
    return region_in(region.campaign)


def working(start, days):
    """The date `days` weekdays after `start`."""
    while days:
        start += timedelta(days=1)
        days -= start.weekday() < 5
    return start


def weekday():
    today = timezone.localdate()
    return today - timedelta(days=max(0, today.weekday() - 4))


@pytest.mark.parametrize(
    ("days", "words"),
    [(8, "due in 3 working days"), (6, "due in 1 working day"), (3, "2 working days late")],
)
def test_how_long_there_is(closed_never, days, words, monkeypatch):
    friday_noon = timezone.now() - timedelta(days=(timezone.now().weekday() - 4) % 7)
    monkeypatch.setattr(timezone, "now", lambda: friday_noon.replace(hour=12))
    due = due_of(starting(closed_never, working(friday_noon.date(), days)))
    assert (due.words, due.late) == (words, days < 5)


def test_the_region_says_how_many_days(closed_never):
    Region.objects.update(briefing_days=2, closed_days=["2026-09-18"])
    assert due_of(starting(closed_never, date(2026, 9, 21))).on == date(2026, 9, 16)


def test_lateness_shows_before_anything_is_drafted_and_blocks_nothing(client, closed_never):
    region = starting(closed_never, working(weekday(), 2))
    staff(region, 1)
    client.force_login(region.campaign.owner)
    page = client.get(reverse("briefings:campaign", args=[region.campaign_id])).content.decode()
    assert "late" in page
    dossier = Dossier(Campaign.objects.select_related("owner", "release").get(pk=region.campaign_id))
    (line,) = [one for one in briefing_lines(dossier, dossier.regions[0]) if ".service." in one.key]
    assert "late" in line.detail
    assert (line.who, line.due) == (region.campaign.owner, due_of(region).on)
    (item,) = home.to_write(region.campaign.owner, timezone.now())
    assert "late" in item.detail
    assert item.due == due_of(region).on


def test_from_the_first_draft_on_lists_and_pages_say_how_late_it_is(client, closed_never):
    start = working(weekday(), 2)
    draft = CampaignFactory(starts_on=start, ends_on=start + timedelta(days=30))
    region = CampaignRegionFactory(
        campaign=draft, region=closed_never.region, starts_on=start, ends_on=draft.ends_on
    )
    staff(region, 1)
    client.force_login(draft.owner)
    late = due_of(region).words
    assert "working days late" in late
    for address, seen in {
        f"{draft.get_absolute_url()}?all=1": f"{late} (",
        reverse(
            "campaigns:gate", args=[draft.pk]
        ): "Briefing for Customer service in AT is not published yet",
    }.items():
        assert seen in client.get(address).content.decode(), address
    asked = f"{reverse('campaigns:list')}?late={draft.pk}"
    table = client.get(reverse("campaigns:list")).content.decode()
    assert f'hx-get="{asked}' in table
    assert f'<div id="late-{draft.pk}"></div>' in table
    assert f"Briefing: {late}</div>" in client.get(asked, headers={"hx-request": "true"}).content.decode()
    # Without scripts the list says so itself, and goes on doing so.
    assert '<noscript><a class="ek-more" href="?lateness=1">' in table
    table = client.get(f"{reverse('campaigns:list')}?lateness=1").content.decode()
    assert f"Briefing: {late}</div>" in table
    assert '<input type="hidden" name="lateness" value="1">' in table
    assert "?late=" not in table
    client.force_login(UserFactory(roles=[Role.REVIEWER]))
    assert client.get(f"{asked},x,99999", headers={"hx-request": "true"}).content == b""
    # Who may not open the tab sees the same without a link that leads nowhere.
    Campaign.objects.filter(pk=draft.pk).update(shared_at=timezone.now())
    tab = f'href="{reverse("briefings:campaign", args=[draft.pk])}'
    for person, links in ((draft.owner, True), (UserFactory(roles=[Role.REVIEWER]), False)):
        client.force_login(person)
        gate = client.get(reverse("campaigns:gate", args=[draft.pk])).content.decode().partition("<main")[2]
        assert "Briefing for Customer service in AT" in gate
        assert (f"{tab}#service-AT" in gate) is links
        assert (tab in client.get(f"{draft.get_absolute_url()}?all=1").content.decode()) is links
