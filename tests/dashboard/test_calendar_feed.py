"""The feed, read back with an iCalendar library and compared with the records."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone
from icalendar import Calendar, Event

from accounts.enums import Role
from campaigns.models import CalendarFeed, Campaign
from campaigns.services import flights
from tests.dashboard.calendar_data import Scene
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(time_machine):
    time_machine.move_to(datetime(2026, 9, 18, 8, tzinfo=UTC))
    return Scene()


def address_of(client: Client) -> str:
    """A new address, as the page shows it once."""
    text = client.post("/calendar/feed/").text
    return "/calendar/feed/" + text.partition("/calendar/feed/")[2].partition(".ics")[0] + ".ics"


def read(address: str) -> dict[str, Event]:
    """The events by UID, asked for as a calendar program does: without signing in."""
    answer = Client().get(address)
    assert answer.status_code == 200, answer.status_code
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    return {str(event["UID"]): event for event in Calendar.from_ical(answer.content).walk("VEVENT")}


def test_the_feed_says_exactly_what_the_records_say(client, scene):
    client.force_login(scene.owner)
    address, flight, mine = address_of(client), scene.flight, scene.mine
    own = f"flight-{flight.pk}-{mine.submission}"
    events = read(address)
    assert set(events) == {
        f"campaign-{mine.submission}@einklang",
        f"{own}@einklang",
        f"{own}-1-DE@einklang",
        f"{own}-1-UK@einklang",
    }
    whole = events[f"campaign-{mine.submission}@einklang"]
    assert (str(whole["SUMMARY"]), whole["DTSTART"].dt, whole["DTEND"].dt) == (
        "Outdoors",
        mine.starts_on,
        mine.ends_on + timedelta(days=1),
    )
    days = events[f"{own}@einklang"]
    assert (str(days["SUMMARY"]), days["DTSTART"].dt, days["DTEND"].dt, str(days["STATUS"])) == (
        "E-mail: Outdoors",
        date(2026, 9, 22),
        date(2026, 9, 26),
        "TENTATIVE",
    )
    # Monday and Friday from 19 to 22 hours in each region's own time; the flight has one Friday.
    for code, zone in (("DE", "Europe/Berlin"), ("UK", "Europe/London")):
        hours = events[f"{own}-1-{code}@einklang"]
        assert hours["DTSTART"].dt == datetime(2026, 9, 25, 19, tzinfo=ZoneInfo(zone))
        assert hours["DTSTART"].params["TZID"] == zone
        assert hours["DTEND"].dt - hours["DTSTART"].dt == timedelta(hours=3)
        assert hours["RRULE"]["BYDAY"] == ["MO", "FR"]
        assert hours["RRULE"]["UNTIL"][0].astimezone(ZoneInfo(zone)).date() == flight.ends_on
    calendar = Calendar.from_ical(Client().get(address).content)
    assert {str(zone["TZID"]) for zone in calendar.walk("VTIMEZONE")} == {"Europe/Berlin", "Europe/London"}


def test_changes_count_up_removed_ones_are_cancelled_and_nothing_new_is_a_304(client, scene):
    client.force_login(scene.owner)
    address, flight = address_of(client), scene.flight
    uid = f"flight-{flight.pk}-{scene.mine.submission}@einklang"
    sequences = [int(read(address)[uid]["SEQUENCE"])]
    unchanged = Client().get(address)
    assert Client().get(address, headers={"if-none-match": unchanged.headers["ETag"]}).status_code == 304
    for version, day in enumerate((23, 24), start=1):
        moved = {"starts_on": date(2026, 9, day), "ends_on": date(2026, 9, 25)}
        flights.move_flight(flight=flight, by=scene.owner, expected=version, **moved)
        sequences.append(int(read(address)[uid]["SEQUENCE"]))
    assert sequences == sorted(set(sequences))
    assert read(address)[uid]["DTSTART"].dt == date(2026, 9, 24)
    assert Client().get(address).headers["ETag"] != unchanged.headers["ETag"]
    flights.remove_flight(flight=flight, by=scene.owner, expected=3)
    gone = read(address)[uid]
    assert (str(gone["STATUS"]), int(gone["SEQUENCE"]) > sequences[-1]) == ("CANCELLED", True)
    Campaign.objects.filter(pk=scene.mine.pk).update(state="cancelled", phase="cancelled")
    assert {str(event["STATUS"]) for event in read(address).values()} == {"CANCELLED"}


def test_an_address_is_secret_shows_only_what_its_person_sees_and_can_be_revoked(client, scene):
    elsewhere = UserFactory(roles_in={Scene().de: [Role.REVIEWER]})
    other = Client()
    other.force_login(elsewhere)
    assert read(address_of(other)) == {}
    client.force_login(scene.owner)
    first = address_of(client)
    token = first.rpartition("/")[2].removesuffix(".ics")
    assert token not in str(CalendarFeed.objects.values())
    second = address_of(client)
    assert Client().get(first).status_code == 404
    assert second.rpartition("/")[2] not in client.get("/calendar/feed/").text
    assert CalendarFeed.objects.get(user=scene.owner).last_read_on is None
    read(second)
    assert CalendarFeed.objects.get(user=scene.owner).last_read_on == timezone.localdate()
    assert Client().get("/calendar/feed/guessed.ics").status_code == 404
    client.post("/calendar/feed/revoke/")
    assert Client().get(second).status_code == 404
    left = address_of(client)
    scene.owner.is_active = False
    scene.owner.save()
    assert Client().get(left).status_code == 404
