"""Builders: calendar, timeline, saved views and the feed."""

from accounts.enums import Role
from campaigns.models import SavedView
from campaigns.services.calendar_feed import make_feed
from tests.authorization.objects import Place, Target, builds, plain
from tests.authorization.planning import campaign_in
from tests.factories import CampaignChannelFactory

plain("calendar", "timeline", "calendar_views")
plain("calendar_feed", post=200)
plain("calendar_view_save", "calendar_feed_revoke")

NOT_PLANNING = (Role.EXPERT, Role.REVIEWER, Role.PARTNER)


@builds("calendar_pdf", "calendar_picture")
def paper(place: Place) -> Target:
    return Target({"page": "calendar"}, foreign=None)


@builds("calendar_move", "calendar_add")
def campaign_action(place: Place) -> Target:
    """Sent without dates: refused with the page as it was."""
    return Target({"key": f"c{campaign_in(place).pk}"}, post=422, forbidden=NOT_PLANNING)


def flight_in(place: Place) -> str:
    row = CampaignChannelFactory(campaign=campaign_in(place))
    return f"f{row.flights.create(starts_on='2026-09-21', ends_on='2026-09-22').pk}"


@builds("calendar_remove")
def flight_remove(place: Place) -> Target:
    """Sent without its version: a conflict."""
    return Target({"key": flight_in(place)}, post=409, forbidden=NOT_PLANNING)


@builds("calendar_hours")
def flight_hours(place: Place) -> Target:
    """Sent without any hours field: refused."""
    return Target({"key": flight_in(place)}, post=422, forbidden=NOT_PLANNING)


@builds("calendar_view", "calendar_view_change", "calendar_view_delete")
def saved_view(place: Place) -> Target:
    owner = place.user if place.mine else campaign_in(place).owner
    view = SavedView.objects.create(owner=owner, name="Mine", page="calendar")
    return Target({"pk": view.pk}, get=302)


@builds("calendar_feed_read")
def feed(place: Place) -> Target:
    return Target({"token": make_feed(by=place.user)}, foreign=None, nobody=(200, 405))
