"""Every component renders, in both languages, inside the frame of a signed-in person."""

from pathlib import Path

import pytest
from django.test import Client

from accounts.permissions import public
from tests.factories import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.once, pytest.mark.urls("tests.core.gallery.urls")]
TEMPLATES = Path(__file__).parent / "gallery" / "templates"


@pytest.fixture(autouse=True)
def gallery_templates(settings):
    config = dict(settings.TEMPLATES[0])
    config["DIRS"] = [TEMPLATES, *config["DIRS"]]
    settings.TEMPLATES = [config]
    settings.ACCESS_STRICT = False


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_component_renders(language, client: Client, monkeypatch):
    monkeypatch.setattr("accounts.middleware.access_for", lambda name: public())
    client.force_login(
        UserFactory(language=language, theme="dark", first_name="Ada", last_name="<b>Byron</b>")
    )
    html = client.get("/gallery/").content.decode()
    assert f'<html lang="{language}" data-bs-theme="dark" data-theme="dark">' in html
    assert html.count("<h1") == 1
    assert "&lt;b&gt;Byron&lt;/b&gt;" in html
    assert "csrf-token-of-this-request" not in html
    assert "person-of-this-request" not in html
    assert ' style="' not in html
    assert "<del>" in html
