"""The tags every page draws with: `{% load ui %}`. Cheap, since lists call them per cell."""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache

from django import template
from django.utils import timezone
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import formats, richtext
from core.diff import word_diff
from core.ui import StateOf, ToneChoices

register = template.Library()
NONE = "–"


@lru_cache(maxsize=512)
def icon_html(name: str, label: str = "", extra: str = "") -> SafeString:
    """A Bootstrap icon: decoration without `label`, a named picture with it."""
    css = f"bi bi-{name} {extra}".strip()
    if label:
        return format_html('<i class="{}" role="img" aria-label="{}" title="{}"></i>', css, label, label)
    return format_html('<i class="{}" aria-hidden="true"></i>', css)


@register.simple_tag
def icon(name: str, label: str = "", extra: str = "") -> SafeString:
    """`{% icon "pencil" %}`; with a label it is read out."""
    return icon_html(str(name), str(label), extra)


@lru_cache(maxsize=1024)
def _pill(tone: str, name: str, word: str, solid: bool, bare: bool) -> SafeString:
    css = f"ek-state ek-state--{tone}{' ek-state--bare' if bare else ' ek-state--solid' if solid else ''}"
    return format_html('<span class="{}">{}{}</span>', css, icon_html(name), word)


@register.simple_tag
def state(obj: object, field: str = "state", bare: bool = False) -> SafeString:
    """The pill of an enum member, or of an object's state field: one tone, one icon, one word."""
    member = StateOf.member(obj, field)
    look = member.look
    return _pill(look.tone, look.icon, str(member.label), look.solid, bare)


@register.simple_tag
def pill(tone: str, name: str, word: str, solid: bool = False, bare: bool = False) -> SafeString:
    """A pill for what is no enum (`{% pill "care" "clock" word %}`)."""
    return _pill(tone, name, str(word), solid, bare)


@register.filter
def tone(obj: object) -> str:
    """The tone of an enum member or of an object's state."""
    return StateOf.member(obj).tone


@register.simple_tag
def channel_icon(channel: object, gap: bool = False, note: str = "") -> SafeString:
    """A channel's tile, named for readers; `gap` dashes it, `note` says why (no expert named)."""
    label = f"{channel} ({note})" if note else str(channel)
    return _channel(getattr(channel, "icon", "") or "broadcast-pin", label, gap)


@lru_cache(maxsize=512)
def _channel(name: str, label: str, gap: bool) -> SafeString:
    css = "ek-chan ek-chan--gap" if gap else "ek-chan"
    return format_html(
        '<span class="{}" role="img" aria-label="{}" title="{}">{}</span>', css, label, label, icon_html(name)
    )


def initials(name: str) -> str:
    """At most two letters for a name or an address: `Jana Bergmann` is `JB`."""
    words = [word for word in name.split("@")[0].replace(".", " ").split() if word[:1].isalnum()]
    letters = [words[0], words[-1]] if len(words) > 1 else words
    return "".join(word[0].upper() for word in letters) or "?"


def person_name(user: object) -> str:
    """What a person is called: the full name, else the address."""
    full = getattr(user, "get_full_name", None)
    return (full() if callable(full) else "") or str(user)


@register.simple_tag
def avatar(user: object, small: bool = False) -> SafeString:
    """Round initials beside a person's name (hidden from screen readers: the name stands next to it)."""
    if user is None:
        return icon_html("person-dash", extra="ek-t-stop")
    return _avatar(initials(person_name(user)), (getattr(user, "pk", 0) or 0) % 4 + 1, small)


@lru_cache(maxsize=2048)
def _avatar(letters: str, tint: int, small: bool) -> SafeString:
    css = f"ek-ava{f' ek-ava--{tint}' if tint > 1 else ''}{' ek-ava--s' if small else ''}"
    return format_html('<span class="{}" aria-hidden="true">{}</span>', css, letters)


@register.simple_tag
def person(user: object, small: bool = True) -> SafeString:
    """Initials and name in one piece."""
    if user is None:
        return format_html('<span class="ek-ch ek-t-stop">{}{}</span>', avatar(None), _("Nobody yet"))
    return format_html('<span class="ek-ch">{}{}</span>', avatar(user, small), person_name(user))


@register.simple_tag
def bar(segments: Iterable[tuple[str, float | Decimal]], label: str, size: str = "") -> SafeString:
    """An SVG bar: `segments` are (kind, percent of the whole) in order, kinds are `f-*` classes.

    A kind `mark` is no segment but a line at its percent. `size` is `s`, `l` or empty.
    """
    parts, x = [], 0.0
    for kind, share in segments:
        width = max(0.0, min(float(share), 100.0))
        if kind == "mark":
            parts.append(_rect("mark", min(width, 99.5), "2"))
            continue
        width = min(width, 100.0 - x)
        if width <= 0:
            continue
        if x:
            parts.append(_rect("gap", x, "1.5"))
        parts.append(_rect(kind, x + (0.3 if x else 0), f"{max(width - (0.3 if x else 0), 0):.4g}%"))
        x += width
    css = f"ek-bar{f' ek-bar--{size}' if size else ''}"
    # Parts are made of numbers and of class names checked in _rect.
    return mark_safe(f'<svg class="{css}" role="img" aria-label="{escape(label)}">{"".join(parts)}</svg>')


def _rect(kind: str, x: float, width: str) -> str:
    if not kind.isidentifier():
        raise ValueError(f"not a kind of bar segment: {kind!r}")
    return f'<rect class="f-{kind}" x="{x:.4g}%" y="0" width="{width}" height="100%"/>'


@register.simple_tag
def due(when: dt.date | None, done: bool = False, soon_days: int = 2) -> SafeString:
    """A due date: overdue and soon (within `soon_days`) carry an icon and words, never colour alone."""
    if when is None:
        return format_html('<span class="ek-due">{}</span>', _("No date yet"))
    css, name, words = ("", "", formats.week_date(when)) if done else due_words(when, soon_days)
    return format_html('<span class="ek-due{}">{}{}</span>', css, icon_html(name) if name else "", words)


def due_words(when: dt.date, soon_days: int) -> tuple[str, str, str]:
    """CSS suffix, icon and words of a due date seen from now."""
    timed = isinstance(when, dt.datetime)
    days = (formats.local_day(when) - timezone.localdate()).days
    over = when < timezone.now() if timed else days < 0
    if over:
        late = ngettext("Overdue for %(days)d day", "Overdue for %(days)d days", -days) % {"days": -days}
        return " ek-due--over", "exclamation-circle-fill", late if days < 0 else _("Overdue since today")
    css, name = (" ek-due--soon", "clock") if days <= soon_days else ("", "")
    return css, name, day_words(when, days)


def day_words(when: dt.date, days: int) -> str:
    """`Today, 17:00`, `Tomorrow`, else the weekday and date; the clock only for points in time near by."""
    near = {-1: _("Yesterday"), 0: _("Today"), 1: _("Tomorrow")}.get(days)
    word = near or formats.week_date(when)
    return f"{word}, {formats.clock(when)}" if isinstance(when, dt.datetime) and abs(days) <= 7 else word


@register.filter
def when(moment: dt.date | None) -> SafeString | str:
    """A `<time>` element in words (`Yesterday, 16:42`), the exact point in its title."""
    if moment is None:
        return NONE
    words = day_words(moment, (formats.local_day(moment) - timezone.localdate()).days)
    title = formats.full_datetime(moment) if isinstance(moment, dt.datetime) else formats.short_date(moment)
    return format_html('<time datetime="{}" title="{}">{}</time>', moment.isoformat(), title, words)


@register.filter
def day(moment: dt.date | None) -> str:
    """A date in the person's language, `31.10.2026`."""
    return formats.short_date(moment) if moment else NONE


@register.filter
def daterange(start: dt.date | None, end: dt.date | None) -> str:
    """`{{ start|daterange:end }}`: `21.09. – 31.10.2026`."""
    return formats.date_range(start, end)


@register.filter
def money(amount: Decimal | None, currency: str) -> str:
    """`{{ amount|money:"EUR" }}`: `1.234 €`, with cents only when there are any."""
    return NONE if amount is None else formats.money(amount, currency)


@register.filter
def money_exact(amount: Decimal | None, currency: str) -> str:
    """Like `money`, always with all decimals of the currency."""
    return NONE if amount is None else formats.money(amount, currency, exact=True)


@register.filter
def number(value: Decimal | float | None, places: int = 0) -> str:
    """A grouped number with at most `places` decimals."""
    return NONE if value is None else formats.number(value, places)


@register.filter
def pct(value: Decimal | float | None, places: int = 1) -> str:
    """Percent points: 84 is `84 %` in German and `84%` in English."""
    return NONE if value is None else formats.percent(value, places)


@register.simple_tag
def diff(old: str, new: str) -> SafeString:
    """The words that went and came, as `<del>` and `<ins>`, escaped."""
    return word_diff(old or "", new or "")


@register.filter
def plain(text: str) -> str:
    """Markdown without its marks, for mails and for lines in which nothing may stand out."""
    return richtext.plain(text)


@register.filter
def is_state(obj: object) -> bool:
    """Whether a value can be given to `{% state %}` as it is."""
    return isinstance(obj, ToneChoices)
