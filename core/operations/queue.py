"""What operators see of the deliveries; the same number of queries however many there are."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Min, Q, QuerySet, Value
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.delivery.bounces import lost_rows
from core.delivery.clock import db_now
from core.delivery.handling import Handling, all_handlings, handling_for
from core.delivery.models import DeliveryEvent, Heartbeat, RoutePause
from core.delivery.routes import all_routes
from core.delivery.states import WAITING, State
from core.delivery.watchdog import BEAT, SILENT_SECONDS

PER_PAGE = 50
ROUTE_NAMES = {
    "mail": gettext_lazy("E-mail"),
    "chat": gettext_lazy("Chat"),
    "digest": gettext_lazy("Collected for a digest"),
    "app": gettext_lazy("Only in Einklang"),
}


@dataclass
class RouteState:
    """One way out: how many messages are in which state, and since when the oldest is due."""

    name: str
    counts: dict[str, int] = field(default_factory=dict)
    oldest: datetime | None = None
    now: datetime | None = None
    pause: RoutePause | None = None

    @property
    def label(self) -> str:
        return str(ROUTE_NAMES.get(self.name, self.name))

    @property
    def waiting(self) -> int:
        """Messages that are queued or will be tried again."""
        return sum(self.counts.get(state, 0) for state in WAITING)

    @property
    def tags(self) -> list[tuple[str, int]]:
        """Every state that occurs, with its number, in the order of a delivery's life."""
        return [(State(state).label, self.counts[state]) for state in State.values if state in self.counts]

    @property
    def minutes(self) -> int | None:
        """For how long the oldest due message has waited; None if nothing is due."""
        if self.oldest is None or self.now is None:
            return None
        return max(int((self.now - self.oldest).total_seconds() // 60), 0)

    @property
    def is_paused(self) -> bool:
        return self.pause is not None and self.now is not None and self.pause.until > self.now


def route_states(now: datetime) -> list[RouteState]:
    """Every way out that is registered or used, mail first (one query per model, one for pauses)."""
    found = {name: RouteState(name, now=now) for name in ("mail", *{route.name for route in all_routes()})}
    for handling in all_handlings():
        due = Q(state__in=WAITING, due_at__lte=now)
        rows = handling.model.objects.order_by().values("route", "state")
        for row in rows.annotate(n=Count("pk"), oldest=Min("due_at", filter=due)):
            _add(found.setdefault(row["route"], RouteState(row["route"], now=now)), row)
    for pause in RoutePause.objects.all():
        found.setdefault(pause.route, RouteState(pause.route, now=now)).pause = pause
    return sorted(found.values(), key=lambda one: (one.name != "mail", one.name))


def _add(state: RouteState, row: dict[str, Any]) -> None:
    state.counts[row["state"]] = state.counts.get(row["state"], 0) + row["n"]
    # A digest is due at its own hour.
    if row["oldest"] and state.name != "digest":
        state.oldest = min(state.oldest or row["oldest"], row["oldest"])


@dataclass(frozen=True)
class Beat:
    """When beat last gave a worker work; `silent` if that is too long ago."""

    at: datetime | None
    silent: bool


def beat_state(now: datetime) -> Beat:
    """Whether beat and at least one worker are at work (one query)."""
    seen = Heartbeat.objects.filter(name=BEAT).first()
    if seen is None:
        return Beat(None, True)
    return Beat(seen.at, (now - seen.at).total_seconds() > SILENT_SECONDS)


# What the list can be narrowed to; "" is what waits for a decision.
TROUBLES = {
    "": gettext_lazy("Waits for a decision"),
    State.UNCERTAIN.value: State.UNCERTAIN.label,
    State.FAILED.value: State.FAILED.label,
    "returned": gettext_lazy("Came back"),
    State.WITHHELD.value: State.WITHHELD.label,
}


def _narrowed(handling: Handling, trouble: str, route: str) -> QuerySet:
    rows = handling.model.objects.all()
    if not trouble:
        rows = handling.undecided(rows)
    elif trouble == "returned":
        rows = rows.filter(state=State.SENT, pk__in=lost_rows(handling.model))
    else:
        rows = rows.in_trouble().filter(state=trouble)
    return rows.filter(route=route) if route else rows


@dataclass
class Line:
    """One message of the list, with what mail services said of it."""

    row: Any
    handling: Handling
    events: list[DeliveryEvent]

    @property
    def key(self) -> str:
        """Names the message in the form of decisions."""
        return f"{self.handling.label}:{self.row.pk}"

    @property
    def person(self) -> Any:
        return self.handling.person_of(self.row)

    @property
    def title(self) -> str:
        return self.handling.title(self.row)

    @property
    def link(self) -> str:
        return self.handling.link(self.row)

    @property
    def returned(self) -> bool:
        """True if it counted as sent, and came back."""
        return self.row.state == State.SENT

    @property
    def why(self) -> str:
        """The last answer, or what a mail service said."""
        said = [f"{event.get_kind_display()}: {event.detail}" for event in self.events]
        return " · ".join([*filter(None, [self.row.failure]), *said])


def troubles(*, trouble: str = "", route: str = "", page: str | int | None = 1) -> tuple[Page, list[Line]]:
    """A page of messages that are stuck, those that changed longest ago first."""
    keys = [
        _narrowed(handling, trouble, route)
        .order_by()
        .annotate(label=Value(handling.label))
        .values_list("label", "pk", "changed_at")
        for handling in all_handlings()
    ]
    found = keys[0].union(*keys[1:], all=True).order_by("changed_at", "label", "pk")
    shown = Paginator(found, PER_PAGE).get_page(page)
    return shown, lines([(label, pk) for label, pk, _at in shown.object_list])


def lines(keys: list[tuple[str, int]]) -> list[Line]:
    """The messages of these keys (label, pk) in this order; unknown ones are left out."""
    wanted: dict[str, list[int]] = defaultdict(list)
    for label, pk in keys:
        wanted[label].append(pk)
    found = {
        (handling.label, row.pk): row
        for handling in all_handlings()
        for row in handling.rows().filter(pk__in=wanted[handling.label])
    }
    events: dict[tuple[str, int], list[DeliveryEvent]] = defaultdict(list)
    for event in DeliveryEvent.objects.filter(row_pk__in=[pk for _label, pk in keys]).order_by("pk"):
        events[event.row_label, event.row_pk].append(event)
    kept = [key for key in keys if key in found]
    return [Line(found[key], handling_for(key[0]), events[key]) for key in kept]


def unknown_events(limit: int = 20) -> list[DeliveryEvent]:
    """The newest reports of mail services on messages that nobody here knows."""
    return list(DeliveryEvent.objects.filter(row_label="").order_by("-pk")[:limit])


def overview() -> dict[str, Any]:
    """What stands above the list."""
    now = db_now()
    return {"routes": route_states(now), "beat": beat_state(now), "unknown": unknown_events(), "now": now}


def say_age(minutes: int) -> str:
    """A waiting time in words: "12 min", "3 h", "2 d"."""
    if minutes < 60:
        return _("%(number)d min") % {"number": minutes}
    if minutes < 48 * 60:
        return _("%(number)d h") % {"number": minutes // 60}
    return _("%(number)d d") % {"number": minutes // (24 * 60)}
