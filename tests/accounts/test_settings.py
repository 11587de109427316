"""My settings: what is taken, what is refused, and that text comes back unharmed."""

import unicodedata
from datetime import date

import pytest
from django.urls import reverse
from django.utils.html import escape

from accounts.forms import SettingsForm
from accounts.models import Absence
from core.models import AuditEvent
from tests.data import naughty_strings
from tests.factories import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def user(client):
    person = UserFactory(first_name="Jana", last_name="Bergmann")
    client.force_login(person)
    return person


def entries(**changes):
    return {
        "first_name": "Jana",
        "last_name": "Bergmann",
        "phone": "",
        "language": "en",
        "timezone": "Europe/Berlin",
        "theme": "auto",
    } | changes


def test_settings_are_saved_and_the_log_names_the_fields(client, user):
    answer = client.post(reverse("settings"), entries(language="de", timezone="Europe/Zurich"))
    assert answer.status_code == 302
    user.refresh_from_db()
    assert (user.language, user.timezone) == ("de", "Europe/Zurich")
    assert AuditEvent.objects.get().data == {"fields": ["language", "timezone"]}


def test_nothing_changed_writes_nothing(client, user):
    assert client.post(reverse("settings"), entries()).status_code == 302
    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("first_name", "x" * 151),
        ("last_name", ""),
        ("phone", "1" * 41),
        ("language", "fr"),
        ("timezone", "Mars/Olympus"),
        ("theme", "pink"),
        ("first_name", "Ja\x00na"),
        ("first_name", "Ja\nna"),
    ],
)
def test_a_wrong_entry_is_refused_at_its_place_and_kept(client, user, field, value):
    page = client.post(reverse("settings"), entries(**{field: value}))
    assert page.status_code == 200
    assert list(page.context["form"].errors) == [field]
    assert page.context["form"][field].value() == value
    user.refresh_from_db()
    assert (user.first_name, user.last_name, user.phone) == ("Jana", "Bergmann", "")


def test_the_frame_shows_the_saved_name_while_a_wrong_one_is_corrected(client, user):
    page = client.post(reverse("settings"), entries(first_name="Other", last_name=""))
    assert str(page.context["user"]) == "Jana Bergmann"


def test_every_naughty_string_comes_back_unharmed_or_is_refused(client, user):
    for text in naughty_strings():
        name = text[:150]
        form = SettingsForm(entries(first_name=name), instance=user)
        has_control = any(unicodedata.category(char) in ("Cc", "Cs") for char in name)
        assert form.is_valid() is not has_control, repr(name)
        if not has_control:
            assert form.cleaned_data["first_name"] == name


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "' OR 1=1 --", "{{ 7|add:7 }}", "Ω≈ç√∫ 田中さん 🐵", "‮text"]
)
def test_naughty_names_are_shown_harmlessly(client, user, text):
    assert client.post(reverse("settings"), entries(first_name=text)).status_code == 302
    user.refresh_from_db()
    assert user.first_name == text
    page = client.get(reverse("settings")).content.decode()
    assert escape(text) in page
    assert "<script>alert(1)" not in page


def test_absences_are_entered_and_removed(client, user):
    data = {"starts_on": "2026-12-24", "ends_on": "2026-12-31", "note": "Ski"}
    assert client.post(reverse("settings_absence_add"), data).status_code == 302
    absence = Absence.objects.get()
    assert (absence.user, absence.starts_on, absence.ends_on) == (
        user,
        date(2026, 12, 24),
        date(2026, 12, 31),
    )
    assert client.post(reverse("settings_absence_remove", args=[absence.pk])).status_code == 302
    assert not Absence.objects.exists()


def test_an_absence_that_ends_before_it_starts_is_refused_at_its_place(client, user):
    page = client.post(
        reverse("settings_absence_add"), {"starts_on": "2026-12-24", "ends_on": "2026-12-01", "note": "Ski"}
    )
    assert page.context["absence_form"].errors == {"ends_on": ["The last day lies before the first one."]}
    assert page.context["absence_form"]["note"].value() == "Ski"
    assert not Absence.objects.exists()


def test_days_entered_already_are_refused(client, user):
    Absence.objects.create(user=user, starts_on=date(2026, 12, 24), ends_on=date(2026, 12, 31))
    data = {"starts_on": "2026-12-31", "ends_on": "2027-01-06"}
    page = client.post(reverse("settings_absence_add"), data)
    assert list(page.context["absence_form"].errors) == ["starts_on"]
    assert Absence.objects.count() == 1


def test_a_lost_session_keeps_the_entries(client):
    page = client.post(reverse("settings"), entries(first_name="Jana Maria"))
    assert page.status_code == 401
    assert "Jana Maria" in page.content.decode()
