"""Queries that are written once and run with other values."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import Region, User
from core.kept import Among, Kept, Place, Several
from tests.factories import RegionFactory, UserFactory

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 22, 12, 30, 15, 250_001, tzinfo=UTC)


@pytest.fixture
def regions():
    return [RegionFactory(code=code) for code in ("AT", "CH", "DE")]


def test_it_is_written_once_and_answers_for_each_value(regions, django_assert_num_queries):
    kept = Kept(Region.objects.filter(code=Place("code")).values_list("pk", "code"))
    austria, _swiss, germany = regions
    with django_assert_num_queries(3):
        assert kept(code="DE") == [(germany.pk, "DE")]
        assert kept(code="AT") == [(austria.pk, "AT")]
        assert kept(code="' OR 1=1 --") == []


def test_moments_go_in_and_come_out_as_moments():
    person = UserFactory(last_login=NOON)
    kept = Kept(User.objects.filter(last_login__gte=Place("since")).values_list("pk", "last_login"))
    assert kept(since=NOON) == [(person.pk, NOON)]
    assert kept(since=NOON + timedelta(microseconds=1)) == []


def test_one_of_several_and_one_of_many(regions):
    two = Kept(Region.objects.filter(code__in=Several("one", "other")).order_by("code").values_list("code"))
    assert two(one="CH", other="DE") == [("CH",), ("DE",)]
    many = Kept(Region.objects.filter(Among("pk", "ids")).order_by("code").values_list("code"))
    assert many(ids=[regions[0].pk, regions[2].pk, -1]) == [("AT",), ("DE",)]
    assert many(ids=()) == []


def test_a_place_left_open_is_an_error(regions):
    kept = Kept(Region.objects.filter(code=Place("code")).values_list("pk"))
    with pytest.raises(KeyError, match="code"):
        kept(name="DE")
