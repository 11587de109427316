import pytest

from tests.briefings.data import coming, put_out, region_in, staff, written
from tests.factories.lifecycle import at, run_region

DURING = "2026-09-25T12:00+00:00"


@pytest.fixture(autouse=True)
def during(time_machine):
    """A day on which campaigns of the factories run (21 September to 31 October 2026)."""
    time_machine.move_to(at(DURING), tick=False)


@pytest.fixture
def region():
    """A region of an approved campaign that has not started, with a price of 159 €."""
    return region_in(coming("AT", name="Outdoors at home"))


@pytest.fixture
def murat(region):
    """He serves the region in a service team."""
    return staff(region, 1)[1][0]


@pytest.fixture
def briefing(region, murat):
    """What Murat was told, published."""
    made = written(region, questions=[("Is it washable?", "Yes, at 30 degrees")])
    put_out(made)
    return made


@pytest.fixture
def live(region):
    return run_region(region)
