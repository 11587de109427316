"""The list of campaigns: who sees what, filters in the address, pages by key, few queries."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.enums import Role
from campaigns import listing, search
from campaigns.listing_triggers import BITS, bits_of
from campaigns.models import Campaign
from tests.factories import (
    BudgetFactory,
    CampaignChannelFactory,
    CampaignFactory,
    RegionFactory,
    UserFactory,
    manager,
)

pytestmark = pytest.mark.django_db
URL = "/campaigns/"


@pytest.fixture
def boss(client):
    user = manager()
    client.force_login(user)
    client.user = user
    return client


def names(response):
    return [row.name for row in response.context["page"].rows]


def campaign(name, **kwargs):
    made = CampaignFactory(name=name, **kwargs)
    BudgetFactory(campaign=made)
    return made


def test_newest_start_comes_first(boss):
    for name, start in (("b", date(2026, 5, 1)), ("a", date(2026, 6, 1)), ("c", date(2026, 5, 1))):
        campaign(name, starts_on=start, ends_on=date(2026, 12, 1))
    assert names(boss.get(URL)) == ["a", "c", "b"]


def test_a_row_says_what_people_compare(boss):
    region = RegionFactory(code="AT")
    made = campaign("Jackets", in_regions=[region, RegionFactory(code="DE")])
    made.budget.allocations.create(
        campaign_channel=CampaignChannelFactory(campaign=made), amount=Decimal("400")
    )
    page = boss.get(URL).content.decode().replace("\xa0", " ")
    for words in ("Jackets", "Draft", "21 Sept – 31 Oct 2026", "AT · DE", str(made.owner)):
        assert words in page
    assert "€1,000 proposed, reserve €600" in page
    assert f'href="/campaigns/{made.pk}/"' in page


def test_without_an_amount_there_is_no_bar(boss):
    CampaignFactory()
    assert "no budget yet" in boss.get(URL).content.decode()


@pytest.mark.parametrize("filters", ["", "&phase=draft", "&text=jackets", "&owner=me&lateness=1", "&last=1"])
def test_one_three_and_many_rows_need_the_same_few_queries(boss, django_assert_num_queries, filters):
    channel = CampaignChannelFactory(campaign=CampaignFactory(owner=boss.user, name="Jackets 0")).channel
    regions = [RegionFactory() for _ in range(3)]
    url = f"{URL}?region={regions[0].pk}&channel={channel.pk}{filters}"
    expected = 6 if "text" in filters or "lateness" in filters else 5
    for number in range(30):
        made = campaign(f"Jackets {number}", owner=boss.user, in_regions=regions)
        CampaignChannelFactory(campaign=made, channel=channel)
        if number in (0, 2, 29):
            # Session, person, grants, choices of the filter, rows and their count; words in names, lateness.
            with django_assert_num_queries(expected):
                assert len(names(boss.get(url))) == min(number + 1, listing.PAGE)


def test_filters_are_kept_in_the_address(boss):
    at, de = RegionFactory(code="AT"), RegionFactory(code="DE")
    campaign("Mine", owner=boss.user, in_regions=[at])
    live = campaign("Live", in_regions=[de])
    Campaign.objects.filter(pk=live.pk).update(phase="live")
    channel = CampaignChannelFactory(campaign=live).channel
    campaign("Winter", starts_on=date(2026, 12, 1), ends_on=date(2027, 1, 10), in_regions=[at, de])
    for query, found in {
        "phase=live": ["Live"],
        f"region={at.pk}": ["Winter", "Mine"],
        f"channel={channel.pk}": ["Live"],
        "owner=me": ["Mine"],
        "text=wint": ["Winter"],
        "starts=2026-11-01": ["Winter"],
        "ends=2026-11-30": ["Live", "Mine"],
        "starts=2027-01-10&ends=2027-01-20": ["Winter"],
        f"region={at.pk}&phase=live": [],
    }.items():
        assert names(boss.get(f"{URL}?{query}")) == found, query
    page = boss.get(f"{URL}?phase=live&region={de.pk}&text=Live").content.decode()
    assert '<option value="live" selected>' in page
    assert f'<option value="{de.pk}" selected>' in page
    assert 'value="Live"' in page


@pytest.mark.parametrize(
    "query",
    [
        "phase=x&region=x&channel=99999999999999999999&owner=7&starts=2026-02-31&ends=x",
        "after=x&before=2026-13-01_1",
        "after=2026-01-01_" + "9" * 40,
        "text=%00%00%00%00&region=-1",
        "text=" + "%F0%9F%98%80" * 30,
    ],
)
def test_nonsense_in_the_address_is_no_error(boss, query):
    campaign("Jackets")
    assert boss.get(f"{URL}?{query}").status_code == 200


def test_pages_go_forth_and_back_and_to_the_end(boss, monkeypatch):
    monkeypatch.setattr(listing, "PAGE", 3)
    start = date(2026, 1, 1)
    for number in range(8):
        # Pairs start on the same day, so that a page ends within one.
        campaign(f"n{number}", starts_on=start + timedelta(days=number // 2), ends_on=date(2026, 12, 1))
    first = boss.get(URL)
    second = boss.get(URL + first.context["older_url"])
    third = boss.get(URL + second.context["older_url"])
    assert [names(page) for page in (first, second, third)] == [
        ["n7", "n6", "n5"],
        ["n4", "n3", "n2"],
        ["n1", "n0"],
    ]
    assert not first.context["newer_url"]
    assert not third.context["older_url"]
    back = boss.get(URL + third.context["newer_url"])
    assert names(back) == ["n4", "n3", "n2"]
    assert names(boss.get(URL + back.context["newer_url"])) == ["n7", "n6", "n5"]
    last = boss.get(URL + first.context["last_url"])
    assert names(last) == ["n2", "n1", "n0"]
    assert not last.context["older_url"]
    assert names(boss.get(URL + last.context["newer_url"])) == ["n5", "n4", "n3"]


def test_pages_keep_their_filters(boss, monkeypatch):
    monkeypatch.setattr(listing, "PAGE", 1)
    for number in range(3):
        campaign(f"n{number}", owner=boss.user)
    campaign("foreign")
    response = boss.get(f"{URL}?owner=me")
    assert "owner=me" in response.context["older_url"]
    assert names(boss.get(URL + response.context["last_url"])) == ["n0"]


def test_counting_stops_at_the_cap(boss, monkeypatch):
    for number in range(4):
        campaign(f"n{number}")
    assert "4 campaigns" in boss.get(URL).content.decode()
    monkeypatch.setattr(listing, "COUNT_CAP", 3)
    assert "More than 3 campaigns" in boss.get(URL).content.decode()


def test_pages_of_a_search_say_how_many_there_are(boss, monkeypatch):
    monkeypatch.setattr(listing, "PAGE", 4)
    for number in range(6):
        campaign(f"Jackets {number}")
    for frequent in (0, 1000):
        monkeypatch.setattr(search, "FREQUENT", frequent)
        first = boss.get(f"{URL}?text=jackets")
        assert len(names(first)) == 4
        assert "6 campaigns" in first.content.decode()
        last = boss.get(f"{URL}{first.context['older_url']}")
        assert len(names(last)) == 2
        assert "6 campaigns" in last.content.decode()


def test_people_see_the_campaigns_of_their_regions(client):
    at, de = RegionFactory(), RegionFactory()
    here, there = campaign("here", in_regions=[at]), campaign("there", in_regions=[de])
    shared = campaign("shared", in_regions=[at], shared_at="2026-08-01T08:00Z")
    own = campaign("own")
    Campaign.objects.filter(pk=own.pk).update(owner=(planner := UserFactory(roles_in={at: [Role.MARKETER]})))
    named = CampaignChannelFactory(campaign=there, expert=UserFactory(roles_in={at: [Role.EXPERT]})).expert
    for person, found in {
        planner: {"here", "shared", "own"},
        named: {"here", "shared", "there"},
        UserFactory(roles_in={at: [Role.REVIEWER]}): {"shared"},
        UserFactory(roles=[Role.REVIEWER]): {"shared"},
    }.items():
        client.force_login(person)
        assert set(names(client.get(URL))) == found
    client.force_login(UserFactory(roles=[Role.STAFF]))
    assert client.get(URL).status_code == 404
    assert here.pk != shared.pk


def test_bits_follow_regions_and_channels_and_survive_saving():
    at, de = RegionFactory(), RegionFactory()
    made = CampaignFactory(in_regions=[at])
    stale = Campaign.objects.get(pk=made.pk)
    row = made.regions.create(region=de, starts_on=made.starts_on, ends_on=made.ends_on)
    line = CampaignChannelFactory(campaign=made)
    stale.save()

    def bits():
        return Campaign.objects.values_list("region_bits", "channel_bits").get(pk=made.pk)

    assert bits() == (bits_of([at.pk, de.pk]), bits_of([line.channel_id]))
    made.regions.filter(region=at).update(region=RegionFactory(pk=at.pk + 7))
    assert bits()[0] == bits_of([at.pk + 7, de.pk])
    row.delete()
    line.delete()
    assert bits() == (bits_of([at.pk + 7]), 0)


def test_places_that_share_a_bit_are_told_apart(client):
    at = RegionFactory()
    other = RegionFactory(pk=at.pk + BITS)
    campaign("here", in_regions=[at])
    campaign("there", in_regions=[other])
    client.force_login(UserFactory(roles_in={at: [Role.MARKETER]}))
    assert names(client.get(URL)) == ["here"]
    client.force_login(manager())
    assert names(client.get(f"{URL}?region={other.pk}")) == ["there"]


def test_nothing_there_says_what_to_do(boss, client):
    page = boss.get(URL).content.decode()
    assert "No campaign yet" in page
    assert 'href="/campaigns/new/"' in page
    campaign("one")
    page = boss.get(f"{URL}?phase=live").content.decode()
    assert "No campaign matches" in page
    client.force_login(UserFactory(roles=[Role.REVIEWER]))
    page = client.get(URL).content.decode()
    assert "As soon as you are invited" in page
    assert "/campaigns/new/" not in page


def test_short_words_say_that_they_are_not_searched(boss):
    campaign("one")
    assert "at least 3 letters" in boss.get(f"{URL}?text=on").content.decode()


def test_names_are_shown_harmlessly(boss):
    campaign("<script>alert(1)</script> & “x”")
    page = boss.get(URL).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; “x”" in page


def test_reads_by_index_whatever_the_size(boss):
    """The page's query walks an index in order: it sorts only what it shows."""
    campaign("one")
    with CaptureQueriesContext(connection) as queries:
        boss.get(f"{URL}?last=1")
    sql = next(query["sql"] for query in queries if "WITH found" in query["sql"])
    on_sqlite = connection.vendor == "sqlite"
    with connection.cursor() as cursor:
        if not on_sqlite:
            # A table of one row is read whole otherwise; what counts is that the index can serve.
            for way in ("seqscan", "bitmapscan", "sort"):
                cursor.execute(f"SET LOCAL enable_{way} = off")
        cursor.execute(f"EXPLAIN {'QUERY PLAN' if on_sqlite else ''} {sql}")
        plan = " ".join(str(row[-1]) for row in cursor.fetchall())
    assert "campaign_newest" in plan
    # Only the counted keys and the rows of the page are put in order once more.
    assert plan.count("TEMP B-TREE FOR ORDER BY" if on_sqlite else "Sort Key") <= 2
