"""What people without an account read through a link, and what they do not."""

import logging
import re
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.core.cache import cache
from django.utils import timezone

from accounts.enums import Role
from campaigns.models import SavedView, ShareLink
from campaigns.services.share_links import revoke, share_plan, share_view
from config.logs import NoSecrets
from dashboard import shared
from tests.dashboard.calendar_data import Scene
from tests.factories import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture(autouse=True)
def no_guesses_counted():
    cache.clear()


@pytest.fixture
def scene():
    return Scene()


def plan_of(scene, *parts, days=3):
    day = timezone.localdate() + timedelta(days=days)
    parts = parts or ("schedule", "message")
    link, token = share_plan(campaign=scene.mine, by=scene.owner, label="Agency N", until=day, parts=parts)
    return link, f"/s/{token}/"


def view_of(scene, query, by=None):
    view = SavedView.objects.create(owner=by or scene.owner, name="Our autumn", page="timeline", query=query)
    day = timezone.localdate() + timedelta(days=3)
    return share_view(view=view, by=view.owner, label="Printer", until=day)[1]


def links_in(page):
    """Where its links and forms lead, without styles, pictures and places on the page itself."""
    found = re.findall(r'(?:href|action)="([^"]*)"', page)
    return sorted({link for link in found if not link.startswith(("/static/", "#"))})


def test_a_plan_is_read_without_signing_in_and_leads_nowhere_else(client, scene):
    _link, url = plan_of(scene)
    answer = client.get(url)
    assert answer.status_code == 200
    for words in ("Outdoors", "E-mail", "22\u00a0Sept", "shared by Jana B", "For reading only, open until"):
        assert words in answer.text, words
    for words in ("Agency N", "1,000", "Budget", "Decisions", "Readiness", "/campaigns/"):
        assert words not in answer.text, words
    assert links_in(answer.text) == [f"{url}pdf/?lang=en", "?lang=de", "?lang=en"]
    assert "<script" in answer.text
    assert "htmx" not in answer.text
    assert answer.headers["Cache-Control"] == "no-store, private"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow, noarchive"
    assert not answer.cookies
    _link, url = plan_of(scene, "money")
    assert "€1,000 are proposed" in client.get(url).text


def test_it_speaks_the_language_of_the_browser_or_the_one_chosen(client, scene):
    _link, url = plan_of(scene)
    german = client.get(url, headers={"Accept-Language": "de-AT,de;q=0.9"})
    assert '<html lang="de"' in german.text
    assert german.headers["Content-Language"] == "de"
    english = client.get(f"{url}?lang=en", headers={"Accept-Language": "de"})
    assert "For reading only" in english.text
    assert english.headers["Content-Language"] == "en"
    assert client.get(f"{url}?lang=xx", headers={"Accept-Language": "fr"}).status_code == 200


def test_openings_are_those_of_people_who_look(client, scene, monkeypatch):
    monkeypatch.setattr("core.documents.pdf", lambda template, context: b"%PDF")
    link, url = plan_of(scene)
    client.head(url)
    link.refresh_from_db()
    assert (link.openings, link.last_used_at) == (0, None)
    client.get(url, headers={"User-Agent": "Mozilla/5.0 (compatible; Safelinks-Scanner/1.0)"})
    client.get(url, headers={"Sec-Purpose": "prefetch;prerender"})
    paper = client.get(f"{url}pdf/")
    assert paper.headers["Content-Disposition"] == 'attachment; filename="Outdoors.pdf"'
    link.refresh_from_db()
    assert link.openings == 0
    assert link.last_used_at is not None
    client.get(url)
    client.get(url)
    client.force_login(scene.owner)
    client.get(url)
    link.refresh_from_db()
    assert link.openings == 2


def test_old_revoked_resting_and_guessed_ones_get_the_same_page(client, scene):
    link, url = plan_of(scene)
    with time_machine.travel(link.expires_at + timedelta(minutes=1), tick=False):
        old = client.get(url)
    guessed = client.get("/s/nonsense/")
    scene.owner.grants.all().delete()
    resting = client.get(url)
    revoke(link=link, by=scene.owner)
    revoked, paper = client.get(url), client.get(f"{url}pdf/")
    answers = (old, guessed, resting, revoked, paper)
    assert {answer.status_code for answer in answers} == {404}
    for answer in answers:
        assert "This link does not open" in answer.text
        assert "Ask the person who sent it to you for a new one." in answer.text
        assert "Outdoors" not in answer.text
        assert answer.headers["Cache-Control"] == "no-store, private"
    assert "It could be opened until" in old.text
    assert ["was closed" in one.text for one in answers] == [False, False, True, True, True]
    assert "not copied as a whole" in guessed.text


def test_whoever_tries_many_addresses_has_to_wait(client, scene, monkeypatch):
    monkeypatch.setattr(shared, "GUESSES", 3)
    _link, url = plan_of(scene)
    assert [client.get(f"/s/guess-{number}/").status_code for number in range(5)] == [404, 404, 404, 429, 429]
    assert "try again in ten minutes" in client.get(url).text
    assert client.get(url, REMOTE_ADDR="203.0.113.7").status_code == 200


def test_a_view_shows_what_its_maker_may_see_and_nothing_internal(client, scene):
    other = scene.campaign("Secret launch", UserFactory(roles=[Role.MARKETER], last_name="Hidden"), scene.uk)
    by = UserFactory(roles_in={scene.de: [Role.MARKETER]}, first_name="Ada")
    with time_machine.travel("2026-09-18T08:00Z", tick=False):
        url = f"/s/{view_of(scene, 'weeks=13', by)}/"
        shown = client.get(url).text
        mine = client.get(f"/s/{view_of(scene, 'owner=me')}/").text
    for words in ("Our autumn", "Outdoors", "E-mail: Outdoors", "<svg", "shared by Ada"):
        assert words in shown, words
    for words in (other.name, "Hidden", "Conflict", "Jana B", "Printer", "/calendar/", "/campaigns/"):
        assert words not in shown, words
    assert links_in(shown) == [f"{url}pdf/?lang=en", "?lang=de", "?lang=en"]
    assert "Owner: Jana B" in mine
    assert "My campaigns" not in mine


def test_a_new_address_is_shown_once_and_links_are_revoked_on_their_page(client, scene):
    client.force_login(scene.owner)
    url = f"/campaigns/{scene.mine.pk}/links/"
    empty = client.post(url, {})
    assert empty.status_code == 422
    assert "Choose at least one part of the plan." in empty.text
    day = (timezone.localdate() + timedelta(days=3)).isoformat()
    made = client.post(url, {"label": "Agency N", "until": day, "parts": ["schedule", "money"]})
    address = re.search(r"http://[^\"]+/s/[\w-]{43}/", made.text)[0]
    assert made.headers["Cache-Control"] == "no-store, private"
    listed = client.get(url).text
    assert address not in listed
    assert "Agency N" in listed
    assert client.get(address[address.index("/s/") :]).status_code == 200
    late = client.post(url, {"label": "x", "until": "2099-01-01", "parts": ["schedule"]})
    assert "at most 90 days ahead" in late.text
    link = ShareLink.objects.get()
    assert client.post(f"{url}{link.pk}/revoke/").status_code == 302
    assert client.get(address[address.index("/s/") :]).status_code == 404
    assert "Revoked" in client.get(url).text


def test_the_secret_stands_in_no_log(scene):
    _link, url = plan_of(scene)
    line = logging.LogRecord("django.request", logging.WARNING, "", 1, "%s: %s", ("Not Found", url), None)
    assert NoSecrets().filter(line) is True
    assert line.getMessage() == "Not Found: /s/…/"
    assert settings.LOGGING["handlers"]["stderr"]["filters"] == ["secrets"]
