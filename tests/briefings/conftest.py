import pytest

from tests.briefings.data import coming, put_out, region_in, staff, written


@pytest.fixture
def region():
    """A region of an approved campaign."""
    return region_in(coming("AT"))


@pytest.fixture
def told(region):
    """Team, person, draft and its first version."""
    team, (anna,) = staff(region, 1)
    briefing = written(region)
    return team, anna, briefing, put_out(briefing)
