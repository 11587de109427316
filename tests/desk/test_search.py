"""Searching at the desk, naughty strings in facts and searches, and what the pages cost."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from accounts.enums import Role
from campaigns.enums import Running
from campaigns.models import CampaignRegion, Fact, FactValue
from campaigns.services import launch
from desk.folding import words_in
from desk.indexing import catch_up
from desk.marks import Marks
from desk.templatetags.desk import hits, marked
from desk.vocabulary import Term
from tests.briefings.data import coming, put_out, region_in, written
from tests.data import naughty_strings
from tests.desk.test_now import NOW, html, page, seen
from tests.factories import TeamFactory, UserFactory
from tests.factories.lifecycle import draft, fix_release, region_of, run_region

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("outdoors", True),
        ("HOME outDOORS", True),
        ("159", True),
        ("159 €", True),
        ("159\u00a0€", True),
        ("dry", True),
        ("washable", True),
        ("price", True),
        ("outdoors umbrella", False),
        ("(", False),
        ("%", False),
        ("\x00", False),
        ("x" * 5000, False),
    ],
)
def test_a_search_finds_every_word_in_name_facts_and_questions(client, region, murat, briefing, query, found):
    run_region(region)
    catch_up()
    client.force_login(murat)
    response = client.get(NOW, {"q": query})
    assert seen(response) == ({"live": ["Outdoors at home"]} if found else {})


def test_a_fact_is_called_and_found_as_the_reader_calls_it(client, region, murat):
    price = region.campaign.facts.get()
    price.label, price.labels = "Aktionspreis", {"en": "Bargain"}
    price.save()
    fix_release(region.campaign)
    run_region(region)
    catch_up()
    client.force_login(murat)
    for query in ("bargain", "aktionspreis"):
        found = client.get(NOW, {"q": query})
        assert seen(found) == {"live": ["Outdoors at home"]}
        offer = found.context["groups"]["live"][0]
        assert offer.main_facts[0].label == "Bargain"
    with translation.override("de"):
        del offer.facts
        assert offer.main_facts[0].label == "Aktionspreis"


def test_a_search_while_typing_gets_the_results_only(client, live, murat):
    catch_up()
    client.force_login(murat)
    typed = client.get(NOW, {"q": "OUTDOORS"}, headers={"HX-Request": "true"})
    text = html(typed)
    assert "<html" not in text
    assert '<mark class="ek-hit">Outdoors</mark>' in text
    assert "1 result for “OUTDOORS”" in text
    assert "HX-Request" in typed["Vary"]
    again = client.get(NOW, headers={"HX-Request": "true", "HX-History-Restore-Request": "true"})
    assert "<html" in html(again)


def test_a_search_without_results_says_how_to_go_on(client, live, murat):
    text = html(page(client, murat, "?q=umbrella"))
    assert "0 results for “umbrella”" in text
    assert "Nothing here says anything about this" in text


def test_an_offer_says_where_a_word_stands_that_its_row_does_not_show(client, region, murat):
    put_out(written(region, dont_say="Never promise a helicopter", questions=[("Washable?", "Yes")]))
    run_region(region)
    catch_up()
    aside = "What you typed stands in the briefing or in a text for customers."
    for query, hidden in (("helicopter", True), ("washable", False), ("outdoors", False), ("", False)):
        text = html(page(client, murat, f"?q={query}"))
        assert ("Outdoors at home" in text, aside in text) == (True, hidden), query


def test_naughty_strings_in_facts_and_searches_are_shown_as_they_are(client, murat):
    campaign = draft("AT", name="Naughty")
    texts = [text for text in naughty_strings() if "\x00" not in text]
    for at_, text in enumerate(texts):
        fact = Fact.objects.create(campaign=campaign, key=f"f{at_}", kind="terms", label=text[:80])
        FactValue.objects.create(fact=fact, value={"text": text})
    fix_release(campaign)
    row = run_region(campaign.regions.get())
    catch_up()
    client.force_login(murat)
    for response in (client.get(NOW), client.get(reverse("desk:offer", args=[row.pk]))):
        text = response.content.decode()
        assert "<script>alert" not in text
        assert "&lt;script&gt;alert(123)&lt;/script&gt;" in text
    offer = client.get(NOW).context["groups"]["live"][0]
    assert [fact.text for fact in offer.terms] == texts
    for query in texts[::25]:
        response = client.get(NOW, {"q": query}, headers={"HX-Request": "true"})
        assert response.status_code == 200
        assert "<script>alert" not in response.content.decode()


def test_naughty_strings_are_marked_harmlessly():
    for text in naughty_strings():
        found = Marks([Term(word, frozenset([word])) for word in words_in(text)])
        for shown in (hits(text, found), marked(text, found)):
            assert "<script" not in shown
        assert hits(text, Marks([])) == hits(text, Marks([Term("nowhere", frozenset(["nowhere"]))]))


# --- cost -----------------------------------------------------------------------------------------------


def several(count):
    """A person in a team with `count` each of live, coming and expired offers, all briefed."""
    at_ = region_of("AT")
    person = UserFactory(roles=[Role.STAFF])
    TeamFactory(in_regions=[at_], with_members=[person])
    for _number in range(count):
        for running in (Running.LIVE, Running.WAITING, Running.FINISHED):
            row = region_in(coming("AT"))
            put_out(written(row))
            if running != Running.WAITING:
                run_region(row)
            if running == Running.FINISHED:
                launch.finish(region=row, by=row.campaign.owner)
    return person


@pytest.mark.parametrize("count", [1, 3])
def test_the_number_of_queries_does_not_grow(client, count):
    person = several(count)
    client.force_login(person)
    with CaptureQueriesContext(connection) as queries:
        response = client.get(NOW)
    assert [len(offers) for offers in response.context["groups"].values()] == [count] * 3
    assert len(queries) == 10


@pytest.mark.parametrize("count", [1, 3])
def test_an_offer_asks_the_same_number_of_questions(client, count):
    person = several(count)
    client.force_login(person)
    row = CampaignRegion.objects.filter(running=Running.LIVE).first()
    with CaptureQueriesContext(connection) as queries:
        assert client.get(reverse("desk:offer", args=[row.pk])).status_code == 200
    assert len(queries) == 9
