"""Flights one by one: days, hours, two people at once, and what a release says of them."""

from datetime import date, time

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from campaigns.models import Campaign, Daypart, Flight, FlightRemoval
from campaigns.services import flight_rows, flights
from campaigns.services.flight_rows import Hours
from campaigns.services.plan_data import plan_of
from campaigns.services.plan_rules import PlanLocked
from campaigns.services.planning import update_plan
from core import audit
from core.concurrency import StaleVersion
from core.models import AuditEvent
from tests.factories import (
    BudgetFactory,
    CampaignChannelFactory,
    CampaignFactory,
    RegionFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
D = date


def flight_at(first: date, last: date) -> Flight:
    """A flight of a draft in two regions (21 September to 31 October)."""
    campaign = CampaignFactory(in_regions=[RegionFactory(code="DE"), RegionFactory(code="AT")])
    BudgetFactory(campaign=campaign)
    row = CampaignChannelFactory(campaign=campaign, expert=None)
    return Flight.objects.create(campaign_channel=row, starts_on=first, ends_on=last)


def test_moving_stretching_hours_and_removing_are_versioned_and_told():
    flight = flight_at(D(2026, 9, 21), D(2026, 9, 30))
    campaign, row = flight.campaign_channel.campaign, flight.campaign_channel
    by = campaign.owner
    how = {"flight": flight, "by": by}
    flights.move_flight(**how, starts_on=D(2026, 9, 22), ends_on=D(2026, 10, 1), expected=1)
    evening = Hours(0b0011111, time(19), time(22))
    flights.set_hours(**how, hours=[evening], expected=2)
    now = Flight.objects.get(pk=flight.pk)
    assert (now.starts_on, now.ends_on, now.version) == (D(2026, 9, 22), D(2026, 10, 1), 3)
    assert flight_rows.hours_of(now) == [evening]
    assert now.dayparts.get().days == (1, 2, 3, 4, 5)
    # The same again is no change.
    flights.move_flight(**how, starts_on=now.starts_on, ends_on=now.ends_on, expected=3)
    flights.set_hours(**how, hours=[evening], expected=3)
    assert Flight.objects.get(pk=flight.pk).version == 3
    # The form of the plan, open meanwhile, meets the change.
    assert Campaign.objects.get(pk=campaign.pk).version == campaign.version + 2
    other = flights.add_flight(row=row, by=by, starts_on=D(2026, 10, 5), ends_on=D(2026, 10, 5))
    flights.remove_flight(flight=other, by=by, expected=1)
    gone = FlightRemoval.objects.get()
    assert (gone.flight_id, gone.campaign_id, gone.starts_on) == (other.pk, campaign.pk, D(2026, 10, 5))
    events = AuditEvent.objects.filter(scope=audit.scope_of(campaign)).order_by("pk")
    assert [event.verb for event in events] == [
        "flight.moved",
        "flight.hours",
        "flight.added",
        "flight.removed",
    ]
    assert "Mon, Tue, Wed, Thu, Fri, 19:00–22:00" in audit.sentence(events[1])


def test_what_is_refused_says_where_and_changes_nothing():
    flight = flight_at(D(2026, 9, 21), D(2026, 9, 30))
    row, by = flight.campaign_channel, flight.campaign_channel.campaign.owner
    Flight.objects.create(campaign_channel=row, starts_on=D(2026, 10, 10), ends_on=D(2026, 10, 12))
    refused = [
        (D(2026, 9, 25), D(2026, 9, 24), "ends_on"),
        (D(2026, 9, 20), D(2026, 9, 24), "starts_on"),
        (D(2026, 9, 25), D(2026, 11, 1), "ends_on"),
        (D(2026, 10, 1), D(2026, 10, 10), "starts_on"),
    ]
    for first, last, field in refused:
        with pytest.raises(ValidationError) as error:
            flights.move_flight(flight=flight, by=by, starts_on=first, ends_on=last, expected=1)
        assert list(error.value.message_dict) == [field]
    days = {"starts_on": D(2026, 9, 22), "ends_on": D(2026, 9, 23)}
    with pytest.raises(StaleVersion) as stale:
        flights.move_flight(flight=flight, by=by, **days, expected=2)
    assert stale.value.current.starts_on == D(2026, 9, 21)
    with pytest.raises(PermissionDenied):
        flights.move_flight(flight=flight, by=UserFactory(), **days, expected=1)
    for hours, words in (
        ([Hours(0, time(8), time(9))], "weekday"),
        ([Hours(1, time(8), time(8))], "another end"),
        ([Hours(1, time(8), time(minute=n, hour=9)) for n in range(13)], "At most 12"),
    ):
        with pytest.raises(ValidationError, match=words):
            flights.set_hours(flight=flight, by=by, hours=hours, expected=1)
    Campaign.objects.filter(pk=row.campaign_id).update(state="in_review")
    flights.move_flight(flight=flight, by=by, **days, expected=1)
    Campaign.objects.filter(pk=row.campaign_id).update(state="cancelled")
    with pytest.raises(PlanLocked):
        flights.remove_flight(flight=flight, by=by, expected=2)


@pytest.mark.parametrize(
    "write",
    [
        lambda flight: Flight.objects.filter(pk=flight.pk).update(starts_on=D(2026, 9, 20)),
        lambda flight: Flight.objects.filter(pk=flight.pk).update(ends_on=D(2026, 11, 1)),
        lambda flight: Flight.objects.create(
            campaign_channel=flight.campaign_channel, starts_on=D(2026, 11, 1), ends_on=D(2026, 11, 2)
        ),
        lambda flight: Daypart.objects.create(flight=flight, weekdays=0, begins=time(1), ends=time(2)),
        lambda flight: Daypart.objects.create(flight=flight, weekdays=128, begins=time(1), ends=time(2)),
        lambda flight: Daypart.objects.create(flight=flight, begins=time(1), ends=time(1)),
        lambda flight: Daypart.objects.bulk_create(
            Daypart(flight=flight, begins=time(1), ends=time(2)) for _twice in "12"
        ),
    ],
)
def test_the_database_refuses_it_whoever_writes(write):
    flight = flight_at(D(2026, 9, 21), D(2026, 9, 30))
    with pytest.raises(IntegrityError), transaction.atomic():
        write(flight)


def test_a_moved_campaign_takes_its_flights_along_and_a_stretched_one_does_not():
    flight = flight_at(D(2026, 9, 21), D(2026, 9, 25))
    row = flight.campaign_channel
    second = Flight.objects.create(campaign_channel=row, starts_on=D(2026, 9, 28), ends_on=D(2026, 10, 2))
    campaign = row.campaign
    by = campaign.owner
    moved = flights.move_campaign(
        campaign=campaign, by=by, starts_on=D(2026, 9, 28), ends_on=D(2026, 11, 7), expected=campaign.version
    )
    # Each stays itself, although the first now has the days that the second had.
    assert [(one.pk, one.starts_on) for one in row.flights.all()] == [
        (flight.pk, D(2026, 9, 28)),
        (second.pk, D(2026, 10, 5)),
    ]
    assert {one.starts_on for one in campaign.regions.all()} == {D(2026, 9, 28)}
    with pytest.raises(ValidationError, match="Channel"):
        flights.move_campaign(
            campaign=moved, by=by, starts_on=D(2026, 9, 29), ends_on=D(2026, 11, 7), expected=moved.version
        )
    longer = flights.move_campaign(
        campaign=moved, by=by, starts_on=D(2026, 9, 21), ends_on=D(2026, 11, 7), expected=moved.version
    )
    assert {one.starts_on for one in longer.regions.all()} == {D(2026, 9, 21)}
    assert row.flights.first().starts_on == D(2026, 9, 28)
    with pytest.raises(StaleVersion):
        flights.move_campaign(
            campaign=longer, by=by, starts_on=D(2026, 9, 20), ends_on=D(2026, 11, 7), expected=1
        )


def test_the_plan_keeps_flights_with_their_hours_and_a_release_says_them():
    flight = flight_at(D(2026, 9, 21), D(2026, 9, 25))
    row, campaign = flight.campaign_channel, flight.campaign_channel.campaign
    assert flight_rows.entry_of(flight) == {"starts_on": "2026-09-21", "ends_on": "2026-09-25"}
    evening = Hours(0b1100000, time(22), time(1))
    flights.set_hours(flight=flight, by=campaign.owner, hours=[evening], expected=1)
    plan = plan_of(campaign)
    update_plan(campaign=campaign, by=campaign.owner, plan=plan, expected=campaign.version + 1)
    entry = flight_rows.entry_of(Flight.objects.get(pk=flight.pk))
    assert entry["dayparts"] == [{"weekdays": [6, 7], "begins": "22:00", "ends": "01:00"}]
    assert flight_rows.hours_in(entry) == [evening]
    days = "21\u00a0Sept\u00a0– 25\u00a0Sept\u00a02026"
    assert flight_rows.entry_words(entry) == f"{days} (Sat, Sun, 22:00–01:00)"
    # Fewer or more: those with the same days stay.
    later = Flight.objects.create(campaign_channel=row, starts_on=D(2026, 10, 1), ends_on=D(2026, 10, 2))
    kept = flight_rows.write_flights(row, [(D(2026, 10, 1), D(2026, 10, 2))])
    assert [one.pk for one in kept] == [later.pk] == [one.pk for one in row.flights.all()]
