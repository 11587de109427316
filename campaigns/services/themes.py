"""The board of themes: adding, moving, voting, commenting."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import can
from campaigns.enums import ThemeState
from campaigns.models import Theme, ThemeComment, ThemeVote
from core import audit
from core.concurrency import StaleVersion


@contextmanager
def _one_of_its_title() -> Iterator[None]:
    """Refuse at the title what somebody else added in the same moment."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise ValidationError({"title": Theme().unique_error_message(Theme, ("title",))}) from error


@transaction.atomic
def add_theme(*, by: User, values: Mapping[str, Any]) -> Theme:
    """A new idea, last in its column; PermissionDenied, ValidationError at a title that is taken."""
    _need(by)
    with _one_of_its_title():
        theme = Theme.objects.create(by=by, position=_end(ThemeState.IDEA), **values)
    audit.record(by=by, verb="theme.added", scope=theme, title=theme.title)
    return theme


@transaction.atomic
def save_theme(*, theme: Theme, by: User, values: Mapping[str, Any], expected: int) -> Theme:
    """Change title and description over the version that was seen; StaleVersion, ValidationError as above."""
    _need(by)
    for name, value in values.items():
        setattr(theme, name, value)
    with _one_of_its_title():
        theme.save_versioned(expected=expected, fields=list(values))
    audit.record(by=by, verb="theme.changed", scope=theme, title=theme.title)
    return theme


@transaction.atomic
def move_theme(
    *, theme: Theme, by: User, state: str, expected: int, before: Theme | None = None, reason: str = ""
) -> Theme:
    """Into another column, or to another place in its own: above `before`, else at the end.

    StaleVersion if somebody changed or moved it meanwhile; ValidationError at "reason" when it is dropped
    without one. What is no longer dropped loses its reason; the log keeps it.
    """
    _need(by)
    column = list(Theme.objects.select_for_update().filter(state=state).order_by("position", "pk"))
    current = Theme.objects.select_for_update(of=("self",)).get(pk=theme.pk)
    if current.version != expected:
        raise StaleVersion(current)
    if state == ThemeState.DROPPED:
        current.reason = reason.strip() or (current.reason if current.state == state else "")
        if not current.reason:
            raise ValidationError({"reason": [_("Say why the theme is dropped.")]})
    else:
        current.reason = ""
    old, current.state = current.state, state
    _place(current, column, before)
    current.save_versioned(expected=expected, fields=["state", "reason", "position"])
    if old != state:
        said = {"title": current.title, "column": state, "reason": current.reason}
        audit.record(by=by, verb="theme.moved", scope=current, **said)
    return current


def _place(theme: Theme, column: list[Theme], before: Theme | None) -> None:
    """Count the column anew with the theme in its place; only what really moves is written."""
    rows = [row for row in column if row.pk != theme.pk]
    places = [row.pk for row in rows]
    at = places.index(before.pk) if before and before.pk in places else len(rows)
    rows.insert(at, theme)
    moved = []
    for place, row in enumerate(rows):
        if row.position != place and row.pk != theme.pk:
            moved.append(row)
        row.position = place
    Theme.objects.bulk_update(moved, ["position"], batch_size=500)


def vote(*, theme: Theme, by: User, wanted: bool) -> None:
    """The person is for the theme, or not any more; said twice it changes nothing."""
    if not can(by, "theme.discuss"):
        raise PermissionDenied
    if wanted:
        ThemeVote.objects.get_or_create(theme=theme, by=by)
    else:
        ThemeVote.objects.filter(theme=theme, by=by).delete()


@transaction.atomic
def comment(*, theme: Theme, by: User, text: str) -> ThemeComment:
    """Say something about the theme."""
    if not can(by, "theme.discuss"):
        raise PermissionDenied
    return ThemeComment.objects.create(theme=theme, by=by, text=text)


def theme_for_plan(title: str, by: User) -> Theme | None:
    """The theme that a plan names, made if there is none, and planned from now on."""
    title = title.strip()
    if not title:
        return None
    theme = Theme.objects.filter(title=title).first()
    if theme is None:
        position = _end(ThemeState.PLANNED)
        return Theme.objects.get_or_create(
            title=title, defaults={"state": ThemeState.PLANNED, "by": by, "position": position}
        )[0]
    if theme.state != ThemeState.PLANNED:
        theme.state, theme.reason, theme.position = ThemeState.PLANNED, "", _end(ThemeState.PLANNED)
        theme.save_versioned(expected=theme.version, fields=["state", "reason", "position"])
        audit.record(by=by, verb="theme.moved", scope=theme, title=title, column=theme.state, reason="")
    return theme


def _end(state: str) -> int:
    last = Theme.objects.filter(state=state).aggregate(last=Max("position"))["last"]
    return 0 if last is None else last + 1


def _need(by: User) -> None:
    if not can(by, "theme.edit"):
        raise PermissionDenied(_("Themes are changed by people who plan campaigns."))
