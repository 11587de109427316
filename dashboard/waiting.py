"""What waits for a person: everything that the apps have registered, earliest first."""

from dataclasses import dataclass
from datetime import date, datetime, time

from django.utils import timezone

from accounts.models import User
from core.registry import HomeItem, home_sources


@dataclass(frozen=True)
class Waiting:
    """The items in the order in which they are due, and how many each source gave."""

    items: list[HomeItem]
    counts: dict[str, int]
    overdue: int

    @property
    def total(self) -> int:
        return len(self.items)


def waiting_for(user: User, now: datetime | None = None) -> Waiting:
    """Ask every source once; each runs a constant number of queries."""
    now = now or timezone.now()
    by_source = {name: make(user, now) for name, make in home_sources.items()}
    items = sorted((item for found in by_source.values() for item in found), key=_due)
    counts = {name: len(found) for name, found in by_source.items()}
    return Waiting(items, counts, sum(_is_over(item.due, now) for item in items))


def _due(item: HomeItem) -> datetime:
    """When it is due: a day lasts until its end in the person's zone; what has no date comes last."""
    due = item.due
    if due is None:
        return datetime.max.replace(tzinfo=timezone.get_current_timezone())
    return due if isinstance(due, datetime) else _end_of(due)


def _end_of(day: date) -> datetime:
    return datetime.combine(day, time.max, timezone.get_current_timezone())


def _is_over(due: date | datetime | None, now: datetime) -> bool:
    if due is None:
        return False
    return due < now if isinstance(due, datetime) else due < timezone.localtime(now).date()
