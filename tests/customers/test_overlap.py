"""How far two definitions are the same people."""

from fractions import Fraction

import pytest

from customers.definition import definition
from customers.enums import Closeness
from customers.models import Interest, TargetGroup
from customers.overlap import Ranges
from tests.factories import RegionFactory

pytestmark = pytest.mark.django_db


def group(**values):
    regions = values.pop("regions", ())
    made = TargetGroup.objects.create(name_de="x", name_en="x", **values)
    made.regions.set(regions)
    return made


def compare(first, second):
    return Ranges().compare(first, second)


def test_nothing_said_is_everybody():
    one = compare(group(), group())
    assert (one.share, one.closeness, one.differences) == (1, Closeness.SAME, [])
    assert one.why == "Both definitions say the same."


def test_ages_are_compared_by_years_and_an_open_end_reaches_to_the_end_of_the_range():
    assert compare(group(age_from=20, age_to=29), group(age_from=25, age_to=34)).share == Fraction(5, 15)
    assert compare(group(age_from=101), group(age_from=111)).share == Fraction(10, 20)
    assert compare(group(age_from=20, age_to=29), group()).share == Fraction(10, 121)


def test_sets_are_compared_by_members_and_one_criterion_keeps_apart():
    de, at, uk = (RegionFactory(code=code) for code in ("DE", "AT", "UK"))
    one = compare(group(regions=[de, at], buys=["online"]), group(regions=[at, uk]))
    assert one.share == Fraction(1, 3) * (1 + Fraction(1, 3)) / 2
    assert (one.closeness, one.why) == (Closeness.SOME, "They differ in: regions, where they buy")
    assert compare(group(buys=["online"]), group(buys=["store"])).share == Fraction(1, 2)
    apart = compare(group(regions=[de], age_to=30), group(regions=[uk], age_from=20))
    assert (apart.closeness, apart.why) == (Closeness.APART, "Kept apart by: regions")
    assert compare(group(relations=["new", "lapsed"]), group(relations=["new"])).closeness == Closeness.MUCH


def test_what_is_out_of_use_still_counts_where_it_is_named():
    old = Interest.objects.create(name_de="Fax", name_en="Fax", active=False)
    one, other = group(), group()
    one.interests.add(old)
    assert compare(one, other).share == 1


def test_others_come_closest_first_without_those_that_are_apart(django_assert_num_queries):
    one = group(age_from=20, age_to=29)
    near, far = group(age_from=20, age_to=30), group(age_from=20, age_to=80)
    group(age_from=30)
    known = list(TargetGroup.objects.defined())
    with django_assert_num_queries(2):
        ranges = Ranges()
        found = ranges.others(known[0], known)
    assert known[0] == one
    assert [overlap.second for overlap in found] == [near, far]


def test_definition_in_words():
    said = definition(group(age_from=30, age_to=45, life=["couples"], regions=[RegionFactory(code="AT")]))
    assert [(str(label), words) for label, words in said] == [
        ("age", "30 to 45"),
        ("regions", "Region AT"),
        ("phase of life", "couples without children"),
    ]
    assert definition(group(age_to=30))[0][1] == "up to 30"
    assert definition(group(age_from=60))[0][1] == "60 and older"
