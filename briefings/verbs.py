"""How the audit log says what happens to briefings (registered in AppConfig.ready)."""

from django.utils.translation import gettext_lazy as _

VERBS = {
    "briefing.drafted": _("drafted the briefing “%(title)s” (%(region)s)"),
    "briefing.saved": _("changed the briefing “%(title)s” (%(region)s)"),
    "briefing.taken": _("took over words from “%(source)s” into the briefing “%(title)s” (%(region)s)"),
    "briefing.template_made": _("made the briefing template “%(name)s”"),
    "briefing.template_saved": _("changed the briefing template “%(name)s”"),
    "briefing.template_deleted": _("deleted the briefing template “%(name)s”"),
    "briefing.published": _(
        "published “%(title)s” in %(region)s, version %(number)s; recipients: %(people)s"
    ),
    "briefing.reminded": _("sent reminders (%(region)s): %(people)s"),
    "briefing.sent_again": _("had the briefing sent to %(person)s again: %(reason)s"),
    "briefing.found_in_log": _("found the mail to %(person)s in the mail log: %(reason)s"),
    "briefing.cleared": _("noted that %(person)s was told in another way: %(reason)s"),
    "team.rhythm_set": _("set that briefings are read again every %(days)s days"),
    "team.rhythm_ended": _("set that briefings are not read again"),
    "question.asked": _("asked for a customer (%(region)s): %(question)s"),
    "question.assigned": _("gave a customer's question to this campaign (%(region)s): %(question)s"),
    "question.answered": _("answered a customer's question (%(region)s): %(question)s"),
    "question.declined": _("declined a customer's question (%(region)s): %(question)s, because: %(reason)s"),
}
