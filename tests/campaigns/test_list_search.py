"""Searching names, on whichever database the tests run: the same answers."""

import pytest

from campaigns import search
from campaigns.filters import CampaignFilter
from campaigns.listing import page_of
from campaigns.models import Campaign
from tests.factories import CampaignFactory, manager

pytestmark = pytest.mark.django_db


def names(text: str) -> list[str]:
    found = page_of(CampaignFilter(text=text), manager(), {})
    assert found.total == len(found.rows)
    return sorted(row.name for row in found.rows)


@pytest.fixture(params=["rare", "frequent"])
def frequency(request, monkeypatch):
    """By the index of words, and by reading names: the same answers."""
    monkeypatch.setattr(search, "FREQUENT", 0 if request.param == "frequent" else 1000)


@pytest.fixture
def three(frequency):
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
        ("draußen", ["Draußen zuhause – Herbst-Outdoor 2026"]),
        ("– herbst-out", ["Draußen zuhause – Herbst-Outdoor 2026"]),
        ("äußen", []),
    ],
)
def test_finds_words_anywhere_in_any_case(three, text, found):
    assert names(text) == found


def test_words_under_three_letters_narrow_nothing(three):
    assert len(names("ou")) == 3
    assert names("ou outdoor") == ["Draußen zuhause – Herbst-Outdoor 2026"]


def test_letters_that_fold_to_ascii_are_found(frequency):
    CampaignFactory(name="Haſelnuß")
    for text in ("haselnuß", "HASEL", "nuß"):
        assert names(text) == ["Haſelnuß"], text


def test_follows_renaming_and_deleting(frequency):
    campaign = CampaignFactory(name="Winterzauber")
    Campaign.objects.filter(pk=campaign.pk).update(name="Frühlingsfest")
    assert names("winter") == []
    assert names("frühling") == ["Frühlingsfest"]
    campaign.refresh_from_db()
    campaign.delete()
    assert names("frühling") == []
    CampaignFactory(pk=campaign.pk, name="Anders")
    assert names("frühling") == []


def test_frequent_words_are_told_by_the_newest_campaigns(monkeypatch):
    for number in range(6):
        CampaignFactory(name=f"Herbst {number}")
    assert search.are_frequent(["herbst"])
    assert not search.are_frequent(["herbst", "5"])
    monkeypatch.setattr(search, "SAMPLE", 4)
    assert not search.are_frequent(["herbst"])
