"""Where bars stand: lanes, and the room that a finger needs."""

from datetime import date, timedelta

import pytest

from dashboard.calendar.layout import Span, placed

pytestmark = pytest.mark.once

MONDAY = date(2026, 9, 7)


def lanes(days, *bars):
    """The lane of each bar (first day, last day; counted from 0) in a view of so many days."""
    day = [MONDAY + timedelta(days=at) for at in range(days)]
    spans = [Span(None, day[first], day[last], False, "") for first, last in bars]
    pieces, hidden = placed(spans, day[0], day[-1], 3)
    return [piece.lane for piece in pieces], hidden


def test_bars_share_a_lane_one_after_the_other():
    assert lanes(31, (0, 2), (3, 3), (4, 9), (4, 5), (6, 6)) == ([1, 1, 1, 2, 2], 0)
    assert lanes(31, *[(0, 5)] * 4) == ([1, 2, 3], 1)


def test_over_a_quarter_a_short_bar_keeps_the_room_of_a_finger():
    # 91 days: eight of them are 24 pixels on a phone; half of that is kept free before a short bar.
    assert lanes(91, (0, 0), (8, 30)) == ([1, 2], 0)
    assert lanes(91, (0, 0), (9, 30)) == ([1, 1], 0)
    assert lanes(91, (0, 30), (31, 60)) == ([1, 1], 0)
    assert lanes(91, (0, 30), (34, 34)) == ([1, 2], 0)
    assert lanes(91, (0, 30), (35, 35)) == ([1, 1], 0)
