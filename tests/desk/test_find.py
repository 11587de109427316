"""desk.search.find: the same expectations on both databases, and what must never be found."""

import random
import string

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext

from accounts.enums import Role
from briefings.models import Briefing, BriefingQuestion, InboxItem
from campaigns.enums import Preparation
from campaigns.models import Campaign
from campaigns.services import launch
from desk.folding import allowed_errors
from desk.indexing import catch_up, rows_to_find, there, wanted
from desk.marks import Marks, answers
from desk.models import SearchEntry, SearchWord
from desk.offers import Stage
from desk.search import find
from desk.vocabulary import Meaning, learn
from tests.briefings.data import coming, put_out, region_in, rewrite, set_price, staff, written
from tests.campaigns.lifecycle_data import launching
from tests.factories import TeamFactory, UserFactory, marketer
from tests.factories.lifecycle import fix_release, run_region

pytestmark = pytest.mark.django_db

QUESTIONS = [
    ("Darf ich die Jacke waschen?", "Ja, bei 30 Grad, ohne Weichspüler."),
    ("Gilt der Gutschein auch in der Filiale an der Hauptstraße?", "Ja, in jeder Filiale."),
    ("Gibt es sie auch in Grün?", "Nein, nur in **Blau** und Grau."),
]


@pytest.fixture
def live(region, murat):
    """“Outdoors at home”, live with three questions that Murat was told."""
    put_out(written(region, questions=QUESTIONS))
    row = run_region(region)
    winter = region_in(coming("AT", name="Winterjacken zum halben Preis"))
    run_region(winter)
    catch_up()
    return row


def names(user, region, query, stage=None):
    found = find(user, [region], query, stage=stage)
    return [offer.name for offers in found.groups.values() for offer in offers]


def shown(user, region, query):
    """The questions that a search shows, over all offers."""
    found = find(user, [region], query)
    offers = [offer for offers in found.groups.values() for offer in offers]
    return [
        pair["question"]
        for offer in offers
        for pair in answers(offer.questions, offer.said, Marks(found.terms))
    ]


OUTDOORS, WINTER = "Outdoors at home", "Winterjacken zum halben Preis"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("outdoors", [OUTDOORS]),
        ("OUTDOORS home", [OUTDOORS]),
        ("outd", [OUTDOORS]),
        ("o", [OUTDOORS]),
        ("winterjacke", [WINTER]),
        ("Winterjacken", [WINTER]),
        ("jacken", [OUTDOORS, WINTER]),
        ("Jacke", [OUTDOORS, WINTER]),
        ("winter jacke", [WINTER]),
        ("jakce", [OUTDOORS, WINTER]),
        ("jake", [OUTDOORS, WINTER]),
        ("wintrejacke", [WINTER]),
        ("Gutschien", [OUTDOORS]),
        ("gutscheine", [OUTDOORS]),
        ("grün", [OUTDOORS]),
        ("gruen", [OUTDOORS]),
        ("grun", [OUTDOORS]),
        ("Hauptstrasse", [OUTDOORS]),
        ("hauptstraße", [OUTDOORS]),
        ("hauptstrase", [OUTDOORS]),
        ("weichspueler", [OUTDOORS]),
        ("30 grad", [OUTDOORS]),
        ("159 €", [OUTDOORS, WINTER]),
        ("Motorradjacke", [OUTDOORS, WINTER]),
        ("Firmengutscheine", [OUTDOORS]),
        ("Gutscheinspiel", []),
        ("Pharisäer", []),
        ("169", []),
        ("outdoors umbrella", []),
        ("xylophon", []),
        ("€", []),
        ('" OR * NEAR(', []),
        ("Die Kundin fragt ob sie die Jacke auch bei 40 Grad waschen darf", [OUTDOORS]),
        ("Die Kundin fragt nach Konzertkarten für Helene Fischer morgen abend", []),
    ],
)
def test_what_is_found(live, murat, query, expected):
    assert sorted(names(murat, live.region, query)) == expected


def test_every_word_with_one_letter_wrong_missing_or_swapped_is_found():
    chance = random.Random(7)
    words = ["jacket", "gutschein", "winterjacke", "fleece", "zelt", "rucksack", "umtausch", "schlafsack"]
    learn(words)
    for word in words:
        for at in range(len(word) - 1):
            typed = {
                word[:at] + word[at + 1 :],
                word[:at] + word[at + 1] + word[at] + word[at + 2 :],
                word[:at] + chance.choice(string.ascii_lowercase) + word[at + 1 :],
                word[:at] + chance.choice(string.ascii_lowercase) + word[at:],
            }
            for one in typed:
                (term,) = Meaning([one]).terms(guess=True)
                assert word in term.words or not allowed_errors(one), (word, one)
    for typed, word in (("gustchien", "gutschein"), ("rukcsak", "rucksack"), ("jaket", "jacket")):
        assert word in Meaning([typed]).terms()[0].words


def test_prices_and_codes_are_never_guessed():
    learn(["159", "raus26"])
    assert Meaning(["raus"]).terms()[0].words == {"raus26"}
    assert Meaning(["raus62"]).terms(guess=True)[0].words == frozenset()
    assert not Meaning(["raus26"]).terms()[0].guessed


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("waschen", ["Darf ich die Jacke waschen?"]),
        ("outdoors grün", ["Gibt es sie auch in Grün?"]),
        ("blau", ["Gibt es sie auch in Grün?"]),
        ("outdoors", []),
        ("wachsen", ["Darf ich die Jacke waschen?"]),
    ],
)
def test_a_hit_in_a_question_shows_it_with_its_answer(live, murat, query, expected):
    assert shown(murat, live.region, query) == expected


def test_what_is_called_so_comes_before_what_only_says_so(live, murat, time_machine):
    found = find(murat, [live.region], "jacke")
    assert [offer.name for offer in found.groups[Stage.LIVE]] == [WINTER, OUTDOORS]


def test_live_first_then_coming_then_expired(live, murat, region):
    waiting = region_in(coming("AT", name="Jacken im Advent"))
    put_out(written(waiting))
    launch.finish(region=live, by=live.campaign.owner)
    found = find(murat, [live.region], "jacke")
    assert {stage.value: [offer.name for offer in offers] for stage, offers in found.groups.items()} == {
        "live": [WINTER],
        "coming": ["Jacken im Advent"],
        "expired": [OUTDOORS],
    }


# --- what must never be found ---------------------------------------------------------------------------


def test_nothing_of_a_foreign_region(live, murat):
    foreign = run_region(region_in(coming("DE", name="Geheimplan"), "DE"))
    catch_up()
    assert names(murat, live.region, "geheimplan") == []
    assert find(murat, [], "geheimplan").total == 0
    assert find(murat, [live.region, foreign.region], "geheimplan").total == 0
    assert find(marketer(), [foreign.region], "geheimplan").total == 1


def test_nothing_that_is_coming_until_one_is_briefed(region, murat):
    catch_up()
    assert names(murat, region.region, "outdoors") == []
    assert names(marketer(), region.region, "outdoors") == [OUTDOORS]
    put_out(written(region, questions=QUESTIONS))
    assert names(murat, region.region, "outdoors") == [OUTDOORS]
    assert names(murat, region.region, "weichspüler") == [OUTDOORS]


def test_nothing_of_a_briefing_for_others(live, murat):
    sales = staff(live, 1, audience="sales")[1][0]
    put_out(written(live, audience="sales", questions=[("Provision?", "Drei Prozent Zaster")]))
    assert names(sales, live.region, "zaster") == [OUTDOORS]
    assert names(murat, live.region, "zaster") == []
    assert names(marketer(), live.region, "zaster") == []
    InboxItem.objects.filter(user=sales).update(withdrawn=True)
    assert names(sales, live.region, "zaster") == []
    assert names(sales, live.region, "outdoors") == [OUTDOORS]


def test_nothing_of_a_draft_or_of_a_release_that_is_not_in_force(live, murat):
    Campaign.objects.filter(pk=live.campaign_id).update(state=Preparation.DRAFT, name="Umbenannt")
    briefing = Briefing.objects.get()
    BriefingQuestion.objects.create(briefing=briefing, question="Kommt noch Nachschub?", answer="Psst")
    set_price(live.campaign, "149.00")
    catch_up()
    for query in ("umbenannt", "nachschub", "149"):
        assert names(murat, live.region, query) == []
    fix_release(live.campaign)
    catch_up()
    put_out(briefing)
    assert names(murat, live.region, "149") == []
    # The new briefing waits with its release; what staff were told of the one in force still helps.
    assert shown(murat, live.region, "weichspüler") == ["Darf ich die Jacke waschen?"]
    assert shown(murat, live.region, "nachschub") == []
    with launching():
        launch.replace_release(region=live.pk)
    assert names(murat, live.region, "149") == ["Umbenannt"]
    assert shown(murat, live.region, "nachschub") == ["Kommt noch Nachschub?"]
    assert names(murat, live.region, "outdoors") == []


def test_nothing_of_a_cancelled_or_given_up_campaign(region, murat):
    put_out(written(region, questions=QUESTIONS))
    assert names(murat, region.region, "outdoors") == [OUTDOORS]
    Campaign.objects.filter(pk=region.campaign_id).update(state=Preparation.DRAFT, release=None)
    assert names(murat, region.region, "outdoors") == []


# --- the index ------------------------------------------------------------------------------------------


def test_a_changed_answer_is_found_as_soon_as_it_is_published(live, murat):
    briefing = Briefing.objects.get()
    briefing.questions.filter(question__contains="waschen").update(answer="Nur chemisch reinigen.")
    assert names(murat, live.region, "chemisch") == []
    put_out(rewrite(briefing))
    assert names(murat, live.region, "chemisch") == [OUTDOORS]
    assert names(murat, live.region, "weichspüler") == []


def test_the_index_is_rebuilt_and_caught_up_to_the_same(live, murat):
    before = there(SearchEntry.objects.all())
    assert len(before) == 3
    SearchEntry.objects.filter(version__isnull=False).delete()
    assert catch_up() == 1
    assert catch_up() == 0
    SearchWord.objects.all().delete()
    call_command("desk_index", verbosity=0)
    assert there(SearchEntry.objects.all()) == before == wanted_now()
    assert names(murat, live.region, "jakce") == [WINTER, OUTDOORS]


def wanted_now():
    return wanted(rows_to_find())


def test_what_is_long_over_leaves_the_index(live, time_machine):
    launch.finish(region=live, by=live.campaign.owner)
    time_machine.move_to("2026-11-30T12:00+00:00", tick=False)
    catch_up()
    assert not SearchEntry.objects.filter(campaign_region=live).exists()


def test_a_fault_of_the_index_never_stops_a_launch(live, monkeypatch):
    def broken(*_args, **_kwargs):
        raise DatabaseError("broken")

    monkeypatch.setattr("desk.keeping.index_rows", broken)
    launch.finish(region=live, by=live.campaign.owner)
    live.refresh_from_db()
    assert live.running == "finished"


@pytest.mark.parametrize("count", [1, 3])
def test_a_search_asks_the_same_number_of_questions(region, murat, count):
    people = UserFactory(roles=[Role.STAFF])
    TeamFactory(in_regions=[region.region], with_members=[people])
    for _number in range(count):
        row = region_in(coming("AT", name="Rucksack"))
        put_out(written(row, questions=QUESTIONS))
        run_region(row)
    catch_up()
    with CaptureQueriesContext(connection) as queries:
        assert find(people, [region.region], "rucksack grau").total == count
    assert len(queries) == 8


# --- words that stand nearly everywhere -----------------------------------------------------------------


@pytest.fixture
def many(region, murat):
    """Offers that all say “Filiale”: three held past their start, two finished early; Murat knows all."""
    names = {"Jacken": True, "Filiale neu": False, "Zelte": True, "Hemden": False, "Westen": True}
    for at, (name, runs) in enumerate(names.items()):
        row = region_in(coming("AT", name=name))
        put_out(written(row, questions=QUESTIONS[1:2] if at % 2 else [("In der Filiale?", "Ja.")]))
        if runs:
            run_region(row)
        if name in ("Zelte", "Westen"):
            launch.finish(region=row, by=row.campaign.owner)
    run_region(region_in(coming("DE", name="Filiale elsewhere"), "DE"))
    put_out(written(region, questions=QUESTIONS))
    catch_up()
    return region.region


def test_the_way_through_the_lists_finds_the_same_as_the_index(many, murat, monkeypatch):
    def found():
        return [
            {stage: [offer.pk for offer in offers] for stage, offers in groups.items()}
            for query in ("filiale", "f", "fil", "filiale ja", "jacken", "umtausch", "blau filiale")
            for only in (None, Stage.COMING)
            for groups in [find(murat, [many], query, stage=only).groups]
        ]

    by_index = found()
    assert [len(ids) for ids in by_index[0].values()] == [1, 3, 2]
    # One entry a step, at first of what the index lists, in its order.
    monkeypatch.setattr("desk.walk.STEPS", (1,))
    monkeypatch.setattr("desk.search.FEW", -1)
    monkeypatch.setattr("desk.search.STEPS", (1,))
    assert found() == by_index
    # Every word counts as frequent, and the index may list nothing.
    monkeypatch.setattr("desk.search.ONE_OF", 10_000)
    monkeypatch.setattr("desk.search.FREQUENT", -1)
    monkeypatch.setattr("desk.means.MANY_WORDS", 0)
    assert found() == by_index
    monkeypatch.setattr("desk.search.FAR", 1)
    assert found() == by_index


def test_what_is_paused_or_over_is_told_at_once_without_the_index(live, murat, monkeypatch):
    monkeypatch.setattr("desk.keeping.index_rows", lambda ids: 0)
    launch.pause(region=live, by=live.campaign.owner, reason="Sold out")
    (offer,) = find(murat, [live.region], "weichspüler").groups[Stage.LIVE]
    assert offer.paused
    launch.finish(region=live, by=live.campaign.owner)
    found = find(murat, [live.region], "weichspüler").groups
    assert [len(offers) for offers in found.values()] == [0, 0, 1]
