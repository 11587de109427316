"""When an offer holds, in words."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Region
from core import formats
from desk.offers import Offer, Stage

SOON_DAYS = 7


def when_words(offer: Offer) -> str:
    """`until Sat 31 Oct · 41 days left`, `from …`, `ended on …`: days of the region."""
    if offer.stage is Stage.LIVE:
        return _left(offer)
    if offer.stage is Stage.COMING:
        return _ahead(offer)
    days = (offer.today - offer.last_day).days
    day = {"day": formats.week_date(offer.last_day)}
    return (_("ended yesterday, %(day)s") if days == 1 else _("ended on %(day)s")) % day


def _left(offer: Offer) -> str:
    left = offer.days_left
    if left == 0:
        return _("ends today, %(day)s") % {"day": formats.week_date(offer.ends_on)}
    words = ngettext("until %(day)s · %(left)s day left", "until %(day)s · %(left)s days left", left)
    return words % {"day": formats.week_date(offer.ends_on), "left": left}


def _ahead(offer: Offer) -> str:
    days = offer.days_to_start
    period = formats.date_range(offer.starts_on, offer.ends_on)
    if days <= 0:
        return _("%(period)s · not started yet") % {"period": period}
    words = ngettext("%(period)s · starts in %(days)s day", "%(period)s · starts in %(days)s days", days)
    return words % {"period": period, "days": days}


def is_soon(offer: Offer) -> bool:
    """Whether a live offer ends within a week."""
    return offer.stage is Stage.LIVE and offer.days_left <= SOON_DAYS


def clock_words(region: Region, now: datetime) -> str:
    """The day and the time in the region, `Mon 21 Sept, 10:14`."""
    with timezone.override(ZoneInfo(region.timezone)):
        return _("%(day)s, %(clock)s") % {"day": formats.week_date(now), "clock": formats.clock(now)}
