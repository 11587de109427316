"""Signing in by e-mail, forgotten passwords, people who left."""

import re

import pytest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone, translation

from accounts.enums import Role
from accounts.services import deactivate
from core.models import OutgoingMail
from tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/"


def sign_in(client, email, password=PASSWORD):
    return client.post(LOGIN, {"login": email, "password": password})


def test_the_address_is_the_name_whatever_its_case(client):
    UserFactory(email="jana@firm.example")
    assert sign_in(client, "JANA@firm.example").headers["Location"] == "/"
    assert client.get(reverse("settings")).status_code == 200


def test_nobody_signs_up(client):
    with pytest.raises(NoReverseMatch):
        reverse("account_signup")
    assert client.get("/accounts/signup/").status_code == 404


def test_whoever_has_left_cannot_sign_in(client):
    user = UserFactory(is_active=False)
    assert sign_in(client, user.email).headers["Location"] == reverse("account_inactive")
    assert "_auth_user_id" not in client.session


def test_an_open_session_ends_when_the_person_leaves(client):
    user = UserFactory(roles=[Role.STAFF])
    client.force_login(user)
    assert client.get(reverse("settings")).status_code == 200
    deactivate(user=user, by=None)
    answer = client.get(reverse("settings"))
    assert answer.headers["Location"] == f"{LOGIN}?next={reverse('settings')}"


def test_after_five_wrong_passwords_the_sixth_try_waits(client):
    user = UserFactory()
    for _ in range(5):
        assert "Too many" not in sign_in(client, user.email, "wrong").content.decode()
    refused = sign_in(client, user.email)
    assert refused.status_code == 200
    assert "Too many failed login attempts" in refused.content.decode()


def test_a_forgotten_password_is_set_by_a_mail_of_our_own_queue(client, settings):
    settings.SITE_URL = "https://einklang.example"
    user = UserFactory(first_name="Jana")
    asked = client.post(
        reverse("account_reset_password"), {"email": user.email}, headers={"host": "evil.example"}
    )
    assert asked.headers["Location"] == reverse("account_reset_password_done")
    mail = OutgoingMail.objects.get()
    assert mail.recipient == user
    assert "evil.example" not in mail.text + mail.html
    path = re.search(r"https://einklang\.example(/\S+)", mail.text).group(1)
    page = client.get(path, follow=True)
    choose = page.request["PATH_INFO"]
    client.post(choose, {"password1": "drei-rote-Schuhe-7", "password2": "drei-rote-Schuhe-7"})
    assert sign_in(client, user.email, "drei-rote-Schuhe-7").headers["Location"] == "/"


@pytest.mark.parametrize("kind", ["unknown", "left"])
def test_an_unknown_address_gets_the_same_answer_and_no_mail(client, kind):
    email = "nobody@firm.example" if kind == "unknown" else UserFactory(is_active=False).email
    asked = client.post(reverse("account_reset_password"), {"email": email})
    assert asked.headers["Location"] == reverse("account_reset_password_done")
    assert not OutgoingMail.objects.exists()


def test_a_changed_password_leads_back_to_the_settings(client):
    user = UserFactory()
    client.force_login(user)
    new = "drei-rote-Schuhe-7"
    data = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert client.post(reverse("account_change_password"), data).headers["Location"] == reverse("settings")


def test_a_page_asks_once_who_it_is_and_once_what_he_may(client, django_assert_num_queries):
    client.force_login(UserFactory())
    # session, person with department, roles; then the page: a copy to edit, absences, teams
    with django_assert_num_queries(6):
        client.get(reverse("settings"))


def test_language_and_zone_are_the_persons(client):
    user = UserFactory(language="de", timezone="Asia/Tokyo")
    client.force_login(user)
    page = client.get(reverse("settings"))
    assert page.headers["Content-Language"] == "de"
    assert '<html lang="de"' in page.content.decode()
    assert translation.get_language() == "en"
    assert timezone.get_current_timezone_name() == "Europe/Berlin"
