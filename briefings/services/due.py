"""When a briefing has to be published: so many working days before the start as its region asks for."""

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.calendar import working_days_before, working_days_between
from campaigns.models import CampaignRegion


@dataclass(frozen=True)
class Due:
    """The last day for publishing, seen from `today` in the region; `days` of work left, below 0 if late."""

    on: date
    today: date
    days: int

    @property
    def late(self) -> bool:
        return self.today > self.on

    @property
    def words(self) -> str:
        """How long there is, or how late it is: "due in 3 working days", "2 working days late"."""
        if self.late:
            return _late(-self.days)
        if self.on == self.today:
            return _("due today")
        return ngettext("due in %(days)d working day", "due in %(days)d working days", self.days) % {
            "days": self.days
        }


def _late(days: int) -> str:
    if not days:
        return _("overdue since the last working day")
    return ngettext("%(days)d working day late", "%(days)d working days late", days) % {"days": days}


def due_on(campaign_region: CampaignRegion) -> date:
    """The last day for publishing, by the region's calendar."""
    region = campaign_region.region
    return working_days_before(region, campaign_region.starts_on, region.briefing_days)


def due_of(campaign_region: CampaignRegion) -> Due:
    """The same, as it is seen today in the region."""
    region = campaign_region.region
    today = timezone.now().astimezone(ZoneInfo(region.timezone)).date()
    on = due_on(campaign_region)
    return Due(on, today, working_days_between(region, today, on))
