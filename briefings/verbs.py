"""How the audit log says what happens to briefings (registered in AppConfig.ready)."""

from django.utils.translation import gettext_lazy as _

VERBS = {
    "briefing.drafted": _("drafted the briefing “%(title)s” (%(region)s)"),
    "briefing.saved": _("changed the briefing “%(title)s” (%(region)s)"),
    "briefing.published": _("published “%(title)s” in %(region)s, version %(number)s, to %(people)s people"),
    "briefing.reminded": _("reminded %(people)s people (%(region)s)"),
    "briefing.sent_again": _("had the briefing sent to %(person)s again: %(reason)s"),
    "briefing.found_in_log": _("found the mail to %(person)s in the mail log: %(reason)s"),
    "briefing.cleared": _("noted that %(person)s was told in another way: %(reason)s"),
}
