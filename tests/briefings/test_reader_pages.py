"""Inbox, reading page, confirmation, the lead's page (serves B2, B3)."""

from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Audience
from accounts.services import add_member
from briefings.home import to_confirm
from briefings.models import Confirmation, InboxItem
from briefings.services.keeping import keep_all
from briefings.views import reader
from campaigns.enums import Running
from campaigns.models import Campaign
from tests.briefings.data import (
    coming,
    confirmed_by,
    leave,
    put_out,
    region_in,
    rewrite,
    set_price,
    staff,
    written,
)
from tests.factories import TeamFactory, UserFactory
from tests.factories.lifecycle import fix_release, run_region

pytestmark = [pytest.mark.django_db, pytest.mark.once]
INBOX = "/briefings/"


def read_url(briefing):
    return reverse("briefings:read", args=[briefing.pk])


def confirm(client, briefing, number, **headers):
    return client.post(reverse("briefings:confirm", args=[briefing.pk]), {"version": number}, headers=headers)


def words(response):
    return response.content.decode()


def queries_of(client, url):
    client.get(url)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


def test_the_inbox_has_first_what_is_to_confirm(client, told, region):
    _team, anna, briefing, version = told
    client.force_login(anna)
    first = client.get(INBOX)
    assert [list(first.context[key]) for key in ("waiting", "in_force")] == [[InboxItem.objects.get()], []]
    confirmed_by(version, anna)
    second = client.get(INBOX)
    assert [len(second.context[key]) for key in ("waiting", "in_force", "past")] == [0, 1, 0]
    run_region(region, running=Running.FINISHED)
    third = client.get(INBOX)
    assert [len(third.context[key]) for key in ("waiting", "in_force", "past")] == [0, 0, 1]
    assert read_url(briefing) in words(third)


def test_unread_briefings_come_before_opened_ones(client):
    campaign = coming("AT", "CH")
    person = UserFactory(roles=["staff"])
    opened, unread = [region_in(campaign, code) for code in ("AT", "CH")]
    first, second = [written(region) for region in (opened, unread)]
    for region, briefing in ((opened, first), (unread, second)):
        TeamFactory(audience=briefing.audience, in_regions=[region.region], with_members=[person])
        put_out(briefing)
    client.force_login(person)
    client.get(read_url(first))
    inbox = client.get(INBOX)
    assert [item.version.briefing for item in inbox.context["waiting"]] == [second, first]
    assert words(inbox).count('class="ek-new"') == 1


def test_an_empty_inbox_says_so(client):
    client.force_login(UserFactory())
    assert "You are up to date" in words(client.get(INBOX))


def test_the_inbox_needs_as_many_queries_for_three_as_for_one(client):
    person = UserFactory()
    counts = []
    for codes in (["AT"], ["CH", "DE"]):
        for code in codes:
            region = region_in(coming(code), code)
            TeamFactory(in_regions=[region.region], with_members=[person])
            put_out(written(region))
        client.force_login(person)
        counts.append(queries_of(client, INBOX))
    assert counts == [7, 7]


def test_reading_answers_first_and_notes_the_first_reading(client, told):
    _team, anna, briefing, _version = told
    client.force_login(anna)
    page = words(client.get(read_url(briefing)))
    assert page.index("The jacket for 159") < page.index("Sixty days to return it")
    assert page.index("I have read this") > page.index("Whom to call")
    assert 'href="tel:+49341214"' in page
    assert "E-mail" in page
    assert InboxItem.objects.get().first_read_at is not None


def test_facts_are_called_as_the_language_of_the_briefing_calls_them(client, region):
    price = region.campaign.facts.get()
    price.label, price.labels = "Preis", {"en": "Price"}
    price.save()
    fix_release(region.campaign)
    said = {}
    for language, audience in (("en", Audience.SERVICE), ("de", Audience.SALES)):
        # Whatever language the person's menus are in.
        _team, (anna,) = staff(region, 1, audience, language="de" if language == "en" else "en")
        briefing = written(region, language=language, audience=audience)
        put_out(briefing)
        client.force_login(anna)
        said[language] = client.get(read_url(briefing)).context["page"].facts[0]["label"]
    assert said == {"en": "Price", "de": "Preis"}


@pytest.mark.parametrize("number", [1, 3])
def test_the_reading_page_needs_the_same_queries_however_much_it_says(client, region, number):
    _team, (anna,) = staff(region, 1)
    briefing = written(region, questions=[(f"Why {n}?", "So") for n in range(number)])
    for n in range(number):
        rewrite(briefing, say=f"Only {n}")
        version = put_out(briefing)
    confirmed_by(version, anna)
    client.force_login(anna)
    assert queries_of(client, read_url(briefing)) == {1: 7, 3: 9}[number]


def test_a_person_without_the_right_sees_nothing_of_it(client, told):
    team, anna, briefing, _version = told
    client.force_login(UserFactory(roles=["staff"]))
    assert client.get(read_url(briefing)).status_code == 404
    assert confirm(client, briefing, 1).status_code == 404
    leave(team, anna)
    keep_all()
    client.force_login(anna)
    assert client.get(read_url(briefing)).status_code == 404
    assert confirm(client, briefing, 1).status_code == 404


def test_a_link_without_signing_in_leads_to_the_sign_in_and_confirms_nothing(client, told):
    response = client.get(read_url(told[2]))
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_login"))
    address = reverse("briefings:confirm", args=[told[2].pk])
    assert client.get(address).status_code == 302
    client.force_login(told[1])
    opened = client.get(address)
    assert (opened.status_code, opened.headers["Allow"]) == (405, "POST")
    assert "An address alone confirms" in words(opened)
    assert Confirmation.objects.count() == 0


@pytest.mark.parametrize("headers", [{}, {"hx-request": "true"}], ids=["plain", "htmx"])
def test_confirming_leads_back_to_the_page(client, told, headers):
    _team, anna, briefing, _version = told
    client.force_login(anna)
    response = confirm(client, briefing, 1, **headers)
    assert (response.status_code, response["Location"]) == (302, read_url(briefing))
    assert Confirmation.objects.get().user == anna
    page = words(client.get(read_url(briefing)))
    assert "I have read this" not in page
    assert "Confirmed" in page


def test_after_one_is_confirmed_the_next_is_offered(client, told, region):
    _team, anna, briefing, version = told
    other = region_in(coming("CH"), "CH")
    TeamFactory(in_regions=[other.region], with_members=[anna])
    second = written(other)
    put_out(second)
    confirmed_by(version, anna)
    client.force_login(anna)
    assert read_url(second) in words(client.get(read_url(briefing)))


def test_confirming_a_superseded_version_shows_the_new_one(client, told):
    _team, anna, briefing, _version = told
    rewrite(briefing, say="Entirely else")
    put_out(briefing)
    client.force_login(anna)
    response = confirm(client, briefing, 1)
    assert response.status_code == 409
    assert "There is a newer version of this briefing" in words(response)
    assert "Entirely else" in words(response)
    assert Confirmation.objects.count() == 0
    assert confirm(client, briefing, 2).status_code == 302


@pytest.mark.parametrize("number", ["", "x", "99", "9" * 30, "-1", "²"])
def test_confirming_what_there_is_not(client, told, number):
    client.force_login(told[1])
    assert confirm(client, told[2], number).status_code == 404


def test_who_confirmed_before_sees_the_difference(client, told, region):
    team, anna, briefing, version = told
    confirmed_by(version, anna)
    set_price(region.campaign, "149.00")
    fix_release(region.campaign)
    put_out(briefing)
    newcomer = UserFactory(roles=["staff"])
    add_member(team=team, user=newcomer, by=None)
    for person, said in ((newcomer, "read and confirm"), (anna, "read what is new and confirm")):
        client.force_login(person)
        (waiting,) = client.get(reverse("briefings:inbox")).context["waiting"]
        assert waiting.knows_earlier is (person == anna)
        assert to_confirm(person, timezone.now())[0].detail.endswith(said)
    response = client.get(read_url(briefing))
    page = words(response)
    assert response.context["page"].changed == {"offer", "fact.price", "say", "channel.email"}
    assert "4 things are new since you confirmed version 1" in page
    assert "I have read what is new" in page
    assert "ek-changed" in page


def test_an_old_version_can_be_looked_up(client, told):
    _team, anna, briefing, _version = told
    rewrite(briefing, say="Entirely else")
    put_out(briefing)
    client.force_login(anna)
    page = words(client.get(read_url(briefing) + "?v=1"))
    assert "no longer in force" in page
    assert "Sixty days to return it" in page
    assert "I have read" not in page
    for wrong in ("7", "x", "9" * 30):
        assert client.get(read_url(briefing) + f"?v={wrong}").status_code == 404


def test_a_paused_and_a_withdrawn_campaign_say_so(client, told, region):
    _team, anna, briefing, _version = told
    client.force_login(anna)
    run_region(region, running=Running.PAUSED)
    assert "Paused at the moment" in words(client.get(read_url(briefing)))


def test_a_cancelled_campaign_asks_nobody(client, told):
    _team, anna, briefing, _version = told
    Campaign.objects.update(state="cancelled")
    client.force_login(anna)
    page = words(client.get(read_url(briefing)))
    assert "This campaign has been withdrawn" in page
    assert "I have read this" not in page


def test_a_link_to_another_language_leads_to_mine(client, region):
    _team, (anna,) = staff(region, 1, language="en")
    german = written(region, language="de")
    put_out(german)
    english = written(region, language="en")
    put_out(english)
    client.force_login(anna)
    response = client.get(read_url(german))
    assert (response.status_code, response["Location"]) == (302, read_url(english))


def test_texts_of_people_do_no_harm(client, region):
    _team, (anna,) = staff(region, 1)
    hostile = "<script>alert(1)</script> [x](javascript:alert(1)) <img src=x onerror=alert(1)>"
    texts = dict.fromkeys(("title", "offer", "for_whom", "say", "dont_say", "benefit", "contact"), hostile)
    briefing = written(region, questions=[(hostile[:300], hostile)], **texts)
    put_out(briefing)
    client.force_login(anna)
    for url in (read_url(briefing), INBOX):
        page = words(client.get(url))
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert 'href="javascript:' not in page


def test_naughty_strings_are_read_as_they_were_written(client, region):
    blns = Path("tests/vendor").rglob("*naughty*")
    found = [line for file in blns if file.suffix == ".txt" for line in file.read_text().splitlines()]
    _team, (anna,) = staff(region, 1)
    text = "\n".join(line for line in found if line and not line.startswith("#"))[:9000] or "\u202e\ufeff'\";"
    briefing = written(region, offer=text)
    version = put_out(briefing)
    version.refresh_from_db()
    client.force_login(anna)
    assert client.get(read_url(briefing)).status_code == 200
    assert version.content["texts"]["offer"][:20] == text[:20]


def test_a_lead_sees_who_of_his_team_has_confirmed_those_who_are_missing_first(client, told, monkeypatch):
    team, anna, briefing, version = told
    lead = UserFactory(roles=["team_lead"])
    team.lead = lead
    team.save()
    keep_all()
    url = reverse("briefings:team_status", args=[briefing.pk])
    client.force_login(lead)
    page = words(client.get(url))
    assert "0 of 2 confirmed" in page
    confirmed_by(version, anna)
    assert "1 of 2 confirmed" in words(client.get(url))
    monkeypatch.setattr(reader, "PEOPLE_SHOWN", 1)
    for number, person in ((1, lead), (2, anna)):
        (part,) = client.get(url, {f"team-{team.pk}": number}).context["teams"]
        assert [one.user for one in part["people"]] == [person]
    assert part["newer_url"] == f"?team-{team.pk}=1#team-{team.pk}"
    client.force_login(anna)
    assert client.get(url).status_code == 404
