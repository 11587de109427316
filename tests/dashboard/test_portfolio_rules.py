"""What the portfolio warns of and what it suggests: exact answers for exact facts, in any order."""

from datetime import date, timedelta
from itertools import permutations

import pytest

from dashboard.enums import Rule, StepKind
from dashboard.portfolio.facts import Booking, Crew, Flight, Limits, Offer, Planned, Stay
from dashboard.portfolio.judging import Difference, Spot, judge
from dashboard.portfolio.stepping import NOBODY, Room, World, steps_for

pytestmark = pytest.mark.once

NONE = Limits(shortest_days=None, target_most=None, shared_days=None, same_offer=False)
AT, DE, FAMILIES, MAIL, SMS = 1, 2, 7, 21, 22
TODAY = date(2027, 2, 1)


def on(day: int) -> date:
    """A day of March 2027; later ones run on into April."""
    return date(2027, 2, 28) + timedelta(days=day)


def plan(pk: int, first: int, last: int, **more: object) -> Planned:
    """A campaign for families in Austria."""
    days = on(first), on(last)
    facts = {"stays": (Stay(AT, "AT", *days),), "targets": (FAMILIES,)} | more
    return Planned(pk, f"No. {pk}", *days, **facts)


def said(warned):
    """A warning in short: rule, subject, others, spots."""
    return [
        (one.rule.value, one.subject.pk, [other.pk for other in one.others], list(one.spots))
        for one in warned
    ]


def world(plans, limits, crews=(), room=NOBODY):
    return World(plans, limits, crews, TODAY, room)


def test_a_campaign_that_is_one_too_many_is_told_and_moved_to_days_that_are_free():
    limits = NONE._replace(target_most=2)
    plans = [plan(1, 1, 10), plan(2, 2, 9), plan(3, 4, 12), plan(4, 11, 20), plan(5, 15, 18)]
    found = judge(plans, limits)
    # No. 3 begins beside 1 and 2; until the 9th there are two others. No. 5 begins beside 4 only.
    assert said(found) == [("target", 3, [1, 2], [Spot(on(4), on(9), FAMILIES, AT, "AT", 3)])]
    # From the 10th on 1 (until the 10th), 4 and 5 leave one place; 15 to 18 are full: 19 is the first.
    assert steps_for(found[0], world(plans, limits)) == [
        (StepKind.MOVE, plans[2], on(19), on(27), 15, None, 0, 0, 0)
    ]
    # It goes to the first gap that is long enough.
    plans[3] = plan(4, 21, 30)
    assert steps_for(judge(plans, limits)[0], world(plans, limits))[0][2:5] == (on(10), on(18), 6)
    assert judge(plans, limits._replace(target_most=3)) == []
    assert judge(plans, limits, today=on(10)) == []
    # What cannot be moved stays: another one that takes part goes.
    plans[2] = plan(3, 4, 12, movable=False)
    step = steps_for(judge(plans, limits)[0], world(plans, limits))[0]
    assert (step.kind, step.plan.pk, step.first) == (StepKind.MOVE, 2, on(11))
    stuck = [plan(pk, 1, 10, movable=False) for pk in (1, 2, 3)]
    assert steps_for(judge(stuck, limits)[0], world(stuck, limits)) == [
        (StepKind.TALK, stuck[2], None, None, 0, stuck[0], 0, 0, 0)
    ]


def test_too_short_says_by_how_much_and_until_when():
    limits = NONE._replace(shortest_days=7)
    short = plan(1, 1, 8, stays=(Stay(AT, "AT", on(1), on(8)), Stay(DE, "DE", on(5), on(8))))
    found = judge([short, plan(2, 1, 7)], limits)
    assert said(found) == [("short", 1, [], [Spot(on(5), on(8), 0, DE, "DE", 4)])]
    assert steps_for(found[0], world([short], limits)) == [
        (StepKind.LENGTHEN, short, on(1), on(11), 7, None, 0, 0, 0)
    ]


def test_the_same_people_on_the_same_channel_only_where_the_channel_is_and_longer_than_allowed():
    limits = NONE._replace(shared_days=0)
    both = (Stay(AT, "AT", on(1), on(20)), Stay(DE, "DE", on(1), on(20)))
    one = plan(1, 1, 20, stays=both, goal=5, flights=(Flight(MAIL, frozenset({AT}), on(1), on(6)),))
    two = plan(2, 1, 20, stays=both, goal=5, flights=(Flight(MAIL, frozenset({AT, DE}), on(5), on(9)),))
    sms = plan(3, 1, 20, stays=both, flights=(Flight(SMS, frozenset({AT}), on(1), on(6)),))
    found = judge([one, two, sms], limits)
    assert said(found) == [("overlap", 2, [1], [Spot(on(5), on(6), MAIL, AT, "AT", 2)])]
    assert judge([one, two, sms], limits._replace(shared_days=2)) == []
    moved, joined = steps_for(found[0], world([one, two, sms], limits))
    assert (moved.kind, moved.first, moved.days) == (StepKind.MOVE, on(3), 2)
    assert (joined.kind, joined.other) == (StepKind.JOIN, one)
    # Without flights campaigns meet by their own days.
    assert [one.key for one in judge([plan(1, 1, 3), plan(2, 3, 9)], limits)] == ["overlap"]


def offer(price: str, token: str = "price", kind: str = "price EUR", product: str = "Rauris jacket"):
    return Offer(AT, product, ((kind, token, price),))


def test_the_same_product_with_another_price_in_the_same_region():
    limits = NONE._replace(same_offer=True)
    one = plan(1, 1, 10, offers=(offer("159"),))
    cases = {
        offer("139", product=" rauris  JACKET "): Difference(" rauris  JACKET ", "price EUR", "139", "159"),
        offer("139", token="now"): Difference("Rauris jacket", "price EUR", "139", "159"),
        offer("159"): None,
        offer("139", kind="price CHF"): None,
        offer("139", product="Kar boot"): None,
    }
    for other, wanted in cases.items():
        found = judge([one, plan(2, 8, 20, offers=(other,))], limits)
        assert [warned.differs for warned in found] == ([wanted] if wanted else []), other
    found = judge([one, plan(2, 8, 20, offers=(offer("139"),))], limits)
    assert said(found) == [("offer", 2, [1], [Spot(on(8), on(10), 0, AT, "AT", 0)])]
    agree, move = steps_for(found[0], world([one, found[0].subject], limits))
    assert (agree.kind, agree.other, move.kind, move.first) == (StepKind.AGREE, one, StepKind.MOVE, on(11))


def test_people_and_teams_are_overbooked_and_somebody_with_room_is_named():
    limits = NONE._replace(expert_most=1, owner_most=1, team_most=1)
    plans = [
        plan(1, 1, 10, owner=31, bookings=(Booking(41, MAIL, on(1), on(3)),)),
        plan(2, 3, 10, owner=31, bookings=(Booking(41, MAIL, on(3), on(5)),)),
    ]
    crews = [Crew(51, frozenset({AT, DE})), Crew(52, frozenset({DE}))]
    found = judge(plans, limits, crews)
    assert said(found) == [
        ("expert", 2, [1], [Spot(on(3), on(3), 41, 0, "", 2)]),
        ("owner", 2, [1], [Spot(on(3), on(10), 31, 0, "", 2)]),
        ("team", 2, [1], [Spot(on(3), on(10), 51, 0, "", 2)]),
    ]
    room = Room({MAIL: [(41, None), (42, frozenset({DE})), (43, None)]}, {31: [32]})
    expert, owner, _team = (steps_for(one, world(plans, limits, crews, room))[0] for one in found)
    assert (expert.kind, expert.channel, expert.person, expert.count) == (StepKind.HAND_OVER, MAIL, 43, 1)
    assert (owner.kind, owner.channel, owner.person) == (StepKind.HAND_OVER, 0, 32)


def everything() -> list[Planned]:
    """Four campaigns that break every rule."""
    flights = (Flight(MAIL, frozenset({AT}), on(1), on(9)),)
    booked = (Booking(41, MAIL, on(1), on(9)),)
    return [
        plan(pk, pk % 2 + 1, 5 + pk, owner=31, flights=flights, bookings=booked, offers=(offer(str(pk)),))
        for pk in (1, 2, 3, 4)
    ]


def test_the_order_of_campaigns_changes_nothing_and_a_change_of_facts_does():
    limits = Limits(9, 1, 1, 1, 1, 1, 1, 0, True)
    crews = [Crew(51, frozenset({AT}))]
    first = judge(everything(), limits, crews)
    assert {one.rule for one in first} == set(Rule)
    assert [one.rank for one in first] == sorted(one.rank for one in first)
    for order in permutations(everything()):
        again = judge(order, limits, crews)
        assert again == first
        assert [one.facts for one in again] == [one.facts for one in first]
    # What a warning says depends on nothing but campaigns that share days with it.
    assert judge([*everything(), plan(9, 60, 80)], limits, crews) == first
    changed = {one.id: one.facts for one in judge(everything(), limits._replace(shortest_days=10), crews)}
    same = [one.id for one in first if changed.get(one.id) == one.facts]
    assert same == [one.id for one in first if one.rule != Rule.SHORT]


@pytest.mark.parametrize("rule", list(Rule))
def test_every_warning_suggests_something(rule):
    limits = Limits(9, 1, 1, 1, 1, 1, 1, 0, True)
    plans = everything()
    for one in judge(plans, limits, [Crew(51, frozenset({AT}))]):
        if one.rule == rule:
            assert 1 <= len(steps_for(one, world(plans, limits))) <= 2
