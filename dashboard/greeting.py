"""The first words on Home: good morning, the day, and how much waits."""

from datetime import datetime

from babel.dates import format_date
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext_lazy

from accounts.models import User
from core import formats
from dashboard.waiting import Waiting

MORNING, NOON, EVENING = 5, 11, 18
DAY = {"en": "EEEE d MMMM", "de": "EEEE, d. MMMM"}
WORDS = {
    2: pgettext_lazy("number in a sentence", "two"),
    3: pgettext_lazy("number in a sentence", "three"),
    4: pgettext_lazy("number in a sentence", "four"),
    5: pgettext_lazy("number in a sentence", "five"),
    6: pgettext_lazy("number in a sentence", "six"),
    7: pgettext_lazy("number in a sentence", "seven"),
    8: pgettext_lazy("number in a sentence", "eight"),
    9: pgettext_lazy("number in a sentence", "nine"),
    10: pgettext_lazy("number in a sentence", "ten"),
    11: pgettext_lazy("number in a sentence", "eleven"),
    12: pgettext_lazy("number in a sentence", "twelve"),
}


def greeting(user: User, now: datetime) -> str:
    """By the time of day in the person's zone, with the first name if there is one."""
    hour, name = timezone.localtime(now).hour, {"name": user.first_name}
    if MORNING <= hour < NOON:
        return _("Good morning, %(name)s") % name if user.first_name else _("Good morning")
    if NOON <= hour < EVENING:
        return _("Good afternoon, %(name)s") % name if user.first_name else _("Good afternoon")
    return _("Good evening, %(name)s") % name if user.first_name else _("Good evening")


def today(now: datetime) -> str:
    """The day in full: `Friday 18 September`."""
    lang = formats.language()
    return format_date(timezone.localtime(now).date(), DAY[lang], locale=formats.locale(lang))


def count_sentence(waiting: Waiting) -> SafeString:
    """`Six things wait for you, one is overdue.`"""
    if not waiting.total:
        return format_html("{}", _("Nothing waits for you."))
    things = ngettext("one thing waits for you", "%(number)s things wait for you", waiting.total)
    things = capfirst(things % {"number": _word(waiting.total)})
    if not waiting.overdue:
        return format_html("{}", _("%(things)s.") % {"things": things})
    late = ngettext("one is overdue", "%(number)s are overdue", waiting.overdue)
    late = late % {"number": _word(waiting.overdue)}
    bold = format_html('<b class="ek-t-stop">{}</b>', late)
    return format_html(_("{things}, {overdue}."), things=things, overdue=bold)


def _word(number: int) -> str:
    return str(WORDS.get(number, formats.number(number)))
