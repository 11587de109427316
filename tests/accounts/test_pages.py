"""Settings, teams, channels and the admin in a real browser: no refused script or style, no axe violation."""

from datetime import date

import pytest
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Absence
from channels.models import ChannelExpert
from channels.reference import load
from tests.e2e.pages import browser, chromium, page_at, sign_in, wrong_in_any_look
from tests.factories import (
    PASSWORD,
    ChannelFactory,
    DepartmentFactory,
    RegionFactory,
    TeamFactory,
    UserFactory,
)

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.once,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(chromium() is None, reason="needs Chromium"),
]


@pytest.fixture
def paths():
    """Addresses of pages with something on them, and of the person who looks."""
    load()
    region = RegionFactory(code="AT", name_de="Österreich", name_en="Austria")
    RegionFactory(code="CH", name_de="Schweiz", name_en="Switzerland")
    boss = UserFactory(
        email="jana.bergmann@firm.example",
        first_name="Jana",
        last_name="Bergmann",
        roles=[Role.MANAGER, Role.ADMIN],
        is_staff=True,
        department=DepartmentFactory(code="marketing", name_de="Marketing", name_en="Marketing"),
    )
    lead = UserFactory(first_name="Renate", last_name="Huber", roles=[Role.TEAM_LEAD], phone="+43 1 555 12")
    away = UserFactory(first_name="Tobias", last_name="Brandt", roles=[Role.STAFF])
    Absence.objects.create(user=away, starts_on=date(2020, 1, 1), ends_on=date(2090, 1, 6), note="Elternzeit")
    Absence.objects.create(user=boss, starts_on=date(2090, 1, 1), ends_on=date(2090, 1, 6), note="Ski")
    team = TeamFactory(name="Kundenservice Wien", in_regions=[region], lead=lead, with_members=[away])
    channel = ChannelFactory(code="tv")
    expert = UserFactory(first_name="Birgit", last_name="Sommer", roles=[Role.EXPERT])
    ChannelExpert.objects.create(channel=channel, user=expert, region=region)
    return {
        "settings": reverse("settings"),
        "teams": reverse("teams:list"),
        "team": team.get_absolute_url(),
        "team-edit": reverse("teams:edit", args=[team.pk]),
        "absences": reverse("teams:absences", args=[team.pk, away.pk]),
        "channels": reverse("channels:list"),
        "channel": channel.get_absolute_url(),
        "channel-edit": reverse("channels:edit", args=[channel.pk]),
    }


def test_pages_are_accessible(live_server, paths):
    with browser() as started, page_at(started, reduced_motion="reduce") as page:
        sign_in(page, live_server.url, "jana.bergmann@firm.example", PASSWORD)
        for name, path in paths.items():
            page.goto(live_server.url + path)
            assert wrong_in_any_look(page) == [], name


def test_an_expert_is_named_with_the_mouse_and_removed_again(live_server, paths):
    with browser() as started, page_at(started) as page:
        sign_in(page, live_server.url, "jana.bergmann@firm.example", PASSWORD)
        page.goto(live_server.url + paths["channel-edit"])
        # The server's empty row waits until somebody wants it.
        assert not page.locator("select[name=experts-1-user]").is_visible()
        page.get_by_role("button", name="Add expert").click()
        page.select_option("select[name=experts-1-user]", label="Birgit Sommer")
        page.get_by_role("button", name="Save channel").click()
        page.wait_for_url(f"**{paths['channel']}")
        assert ChannelExpert.objects.count() == 2
        page.goto(live_server.url + paths["channel-edit"])
        page.get_by_role("button", name="Remove this expert").first.click()
        page.get_by_role("button", name="Save channel").click()
        page.wait_for_url(f"**{paths['channel']}")
        assert ChannelExpert.objects.count() == 1


def test_the_admin_works_under_the_strict_policy(live_server, paths):
    with browser() as started, page_at(started) as page:
        sign_in(page, live_server.url, "jana.bergmann@firm.example", PASSWORD)
        for name in ("index", "accounts_user_changelist", "accounts_user_add", "accounts_team_add"):
            page.goto(live_server.url + reverse(f"admin:{name}"))
            assert page.locator("#site-name").inner_text() == "Einklang"
