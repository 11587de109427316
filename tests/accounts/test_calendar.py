"""Working days of a region (due rule of briefings)."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from accounts.calendar import is_working_day, working_days_before, working_days_between
from accounts.models import Region
from tests.factories import RegionFactory

SAXONY = {"country": "DE", "subdivision": "SN"}


def region(**fields):
    return Region(**{"country": "DE", "subdivision": ""} | fields)


@pytest.mark.parametrize(
    ("fields", "day", "works"),
    [
        ({}, date(2026, 9, 18), True),
        ({}, date(2026, 9, 19), False),
        ({}, date(2026, 12, 25), False),
        ({}, date(2026, 11, 18), True),
        (SAXONY, date(2026, 11, 18), False),
        ({"country": "AT"}, date(2026, 10, 26), False),
        ({"country": "XX"}, date(2026, 12, 25), True),
        ({"subdivision": "??"}, date(2026, 12, 25), False),
        ({"closed_days": ["2026-12-24"]}, date(2026, 12, 24), False),
        ({"open_days": ["2026-12-06"]}, date(2026, 12, 6), True),
    ],
)
def test_working_days(fields, day, works):
    assert is_working_day(region(**fields), day) is works


@pytest.mark.parametrize(
    ("start", "number", "due"),
    [
        (date(2026, 9, 21), 5, date(2026, 9, 14)),
        (date(2026, 9, 20), 1, date(2026, 9, 18)),
        (date(2026, 9, 21), 0, date(2026, 9, 21)),
        (date(2026, 12, 28), 2, date(2026, 12, 23)),
    ],
)
def test_days_before_a_start(start, number, due):
    assert working_days_before(region(), start, number) == due


def test_a_region_that_never_works_keeps_nobody_searching():
    never = region()
    never.closed_days = [date.fromordinal(n).isoformat() for n in range(735_000, 740_000)]
    assert working_days_before(never, date(2026, 9, 21), 5) < date(2020, 1, 1)


def test_days_between_count_from_the_day_after_and_below_zero_when_late():
    friday, monday = date(2026, 9, 18), date(2026, 9, 21)
    assert working_days_between(region(), friday, monday) == 1
    assert working_days_between(region(), monday, friday) == -1
    assert working_days_between(region(), friday, date(2026, 9, 20)) == 0


def test_a_part_that_the_country_does_not_have_is_refused():
    with pytest.raises(ValidationError, match="DE has no such part"):
        region(subdivision="ZZ").clean()
    region(**SAXONY).clean()


def days(**lines):
    return {
        "closed_days": lines.get("closed", ""),
        "open_days": "",
        "briefing_days": lines.get("number", "5"),
    }


@pytest.mark.django_db
def test_an_admin_keeps_the_calendar_of_a_region(admin_client):
    here = RegionFactory(code="AT", country="AT")
    form = {"name_de": "Österreich", "name_en": "Austria", "country": "AT", "subdivision": "", "active": "on"}
    form |= {"language": "de", "timezone": "Europe/Vienna"}
    address = reverse("admin:accounts_region_change", args=[here.pk])
    admin_client.post(address, form | days(closed="31.12.2026\n2026-12-24\n", number="8"))
    here.refresh_from_db()
    assert (here.closed_days, here.briefing_days) == (["2026-12-24", "2026-12-31"], 8)
    page = admin_client.get(address).content.decode()
    assert "2026-12-24\n2026-12-31" in page
    refused = admin_client.post(address, form | days(closed="Heiligabend"))
    assert "“Heiligabend” is no date" in refused.content.decode()
    refused = admin_client.post(address, form | days(number="61"))
    assert refused.status_code == 200
    here.refresh_from_db()
    assert here.briefing_days == 8
