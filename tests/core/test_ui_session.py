"""A lost session loses no entry; language, zone and theme follow the person; errors have a page."""

import pytest
from django.core.exceptions import RequestDataTooBig
from django.test import Client, RequestFactory
from django.urls import reverse

from accounts.models import User
from accounts.permissions import public
from core import errors
from tests.factories import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.once, pytest.mark.urls("tests.core.gallery.urls")]


@pytest.fixture(autouse=True)
def open_gallery(settings, monkeypatch, tmp_path):
    from tests.core.test_ui_gallery import TEMPLATES

    config = dict(settings.TEMPLATES[0])
    settings.TEMPLATES = [config | {"DIRS": [TEMPLATES, *config["DIRS"]]}]
    monkeypatch.setattr("accounts.middleware.access_for", lambda name: public())


def test_reading_without_a_session_leads_to_the_sign_in_and_back(client: Client):
    answer = client.get("/closed/?a=1")
    assert answer.status_code == 302
    assert answer["Location"] == "/accounts/login/?next=/closed/%3Fa%3D1"


def test_a_form_without_a_session_is_kept(client: Client):
    answer = client.post(
        "/closed/?a=1", {"name": '"><script>', "regions": ["DE", "AT"], "password": "secret"}
    )
    html = answer.content.decode()
    assert answer.status_code == 401
    assert 'action="/closed/?a=1"' in html
    assert 'name="name" value="&quot;&gt;&lt;script&gt;"' in html
    assert html.count('name="regions"') == 2
    assert "secret" not in html


def test_a_part_of_a_page_gets_a_plain_401(client: Client):
    answer = client.post("/closed/", {"name": "x"}, headers={"HX-Request": "true"})
    assert answer.status_code == 401
    assert answer["X-Session"] == "lost"
    assert answer.content == b""


def test_the_language_and_zone_are_the_persons(client: Client):
    client.force_login(UserFactory(language="de"))
    answer = client.get("/gallery/", headers={"Accept-Language": "en"})
    assert answer["Content-Language"] == "de"


def test_before_signing_in_the_browsers_language_counts(client: Client):
    assert client.get("/accounts/login/", headers={"Accept-Language": "de"})["Content-Language"] == "de"


@pytest.mark.parametrize(("theme", "kept"), [("dark", "dark"), ("pink", "auto")])
def test_the_theme_is_kept_in_the_settings(client: Client, theme, kept):
    person = UserFactory()
    client.force_login(person)
    client.post(reverse("set_theme"), {"theme": theme})
    assert User.objects.get(pk=person.pk).theme == kept


def test_the_theme_before_signing_in_is_a_cookie(client: Client):
    client.post(reverse("set_theme"), {"theme": "dark"})
    assert 'data-bs-theme="dark"' in client.get("/accounts/login/").content.decode()


def test_changing_the_language_returns_only_to_our_pages(client: Client):
    person = UserFactory(language="en")
    client.force_login(person)
    there = client.post(
        reverse("set_language"), {"language": "de"}, headers={"Referer": "https://evil.example/"}
    )
    assert there["Location"] == "/"
    assert User.objects.get(pk=person.pk).language == "de"
    here = client.post(
        reverse("set_language"), {"language": "xx"}, headers={"Referer": "http://testserver/gallery/"}
    )
    assert here["Location"] == "http://testserver/gallery/"
    assert User.objects.get(pk=person.pk).language == "de"


@pytest.mark.parametrize("site", ["same-origin", "cross-site", ""])
def test_an_old_token_keeps_entries_only_of_our_own_pages(site):
    person = UserFactory()
    client = Client(enforce_csrf_checks=True)
    client.force_login(person)
    answer = client.post("/closed/", {"name": "kept words"}, headers={"Sec-Fetch-Site": site} if site else {})
    assert answer.status_code == 403
    assert ("kept words" in answer.content.decode()) is (site == "same-origin")


def test_what_does_not_exist_has_a_page(client: Client):
    client.force_login(UserFactory())
    answer = client.get("/nothing/")
    assert answer.status_code == 404
    assert "There is nothing here for you" in answer.content.decode()


def test_500_and_400_ask_nothing_of_the_database(django_assert_num_queries):
    request = RequestFactory().get("/")
    with django_assert_num_queries(0):
        assert errors.server_error(request).status_code == 500
        assert errors.bad_request(request, ValueError()).status_code == 400
        assert "shorten" in errors.bad_request(request, RequestDataTooBig()).content.decode()


def test_the_frame_costs_no_query_of_its_own(client: Client, django_assert_num_queries):
    client.force_login(UserFactory())
    client.get("/gallery/")
    with django_assert_num_queries(3):  # session, person, rights
        client.get("/gallery/")


def test_demo_people_only_while_embedded(client: Client, settings, monkeypatch):
    from core import demo

    person = demo.DemoSignIn("Jana", "Marketer", "jana@firm.example", "demo-word")
    monkeypatch.setattr(demo.sign_ins, "_entries", {"test": lambda: [person]})
    assert "demo-word" not in client.get("/accounts/login/").content.decode()
    settings.EMBEDDED = True
    assert 'value="demo-word"' in client.get("/accounts/login/").content.decode()
