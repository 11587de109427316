"""Searching names, on whichever database the tests run: the same answers."""

import pytest
from django.db.models import Q

from campaigns import search
from campaigns.models import Campaign
from campaigns.search import with_words
from tests.factories import CampaignFactory

pytestmark = pytest.mark.django_db


def names(text: str) -> list[str]:
    return sorted(with_words(Campaign.objects.all(), text).values_list("name", flat=True))


@pytest.fixture
def three():
    for name in ("Draußen zuhause – Herbst-Outdoor 2026", "Schöner wohnen", 'Say "hello" & 100% _off_'):
        CampaignFactory(name=name)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("outdoor", ["Draußen zuhause – Herbst-Outdoor 2026"]),
        ("zuhause 2026", ["Draußen zuhause – Herbst-Outdoor 2026"]),
        ("2026 wohnen", []),
        ("SCHÖNER", ["Schöner wohnen"]),
        ('"hello"', ['Say "hello" & 100% _off_']),
        ("100%", ['Say "hello" & 100% _off_']),
        ("_off_", ['Say "hello" & 100% _off_']),
        ("xof", []),
        ("'; DROP TABLE", []),
        (".*+", []),
        ("\x00\x01out\x02door", ["Draußen zuhause – Herbst-Outdoor 2026"]),
    ],
)
def test_finds_words_anywhere_in_any_case(three, text, found):
    assert names(text) == found


def test_words_under_three_letters_narrow_nothing(three):
    assert len(names("ou")) == 3
    assert names("ou outdoor") == ["Draußen zuhause – Herbst-Outdoor 2026"]


def test_follows_renaming_and_deleting():
    campaign = CampaignFactory(name="Winterzauber")
    Campaign.objects.filter(pk=campaign.pk).update(name="Frühlingsfest")
    assert names("winter") == []
    assert names("frühling") == ["Frühlingsfest"]
    campaign.refresh_from_db()
    campaign.delete()
    assert names("frühling") == []
    CampaignFactory(pk=campaign.pk, name="Anders")
    assert names("frühling") == []


def test_many_hits_give_the_same_rows_as_few(monkeypatch):
    for number in range(6):
        CampaignFactory(name=f"Herbst {number}")
    monkeypatch.setattr(search, "CAP", 3)
    assert names("herbst") == [f"Herbst {number}" for number in range(6)]


def test_narrows_what_it_is_given(three):
    none = with_words(Campaign.objects.filter(~Q(name__startswith="Dr")), "outdoor")
    assert list(none) == []
