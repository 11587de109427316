"""How the audit log says what happened to people and teams."""

from django.utils.translation import gettext_lazy as _

from accounts.enums import Role

VERBS = {
    "person.created": _("entered the person"),
    "person.changed": _("changed the personal data"),
    "person.left": _("noted that the person has left"),
    "person.returned": _("noted that the person is back"),
    "person.absence_added": _("entered an absence from %(starts_on)s to %(ends_on)s"),
    "person.absence_removed": _("removed an absence from %(starts_on)s to %(ends_on)s"),
    "person.password_link": _("sent a link to set the password"),
    "person.notifications": _("changed how messages reach the person"),
    "person.chat_failed": _("The chat takes no messages any more; they go by mail: %(reason)s"),
    "person.address_refused": _("The address %(address)s takes no mail any more: %(reason)s"),
    "person.address_allowed": _("allowed mail to %(address)s again"),
    "record.saved": _("saved “%(name)s”"),
    "team.created": _("created the team “%(name)s”"),
    "team.changed": _("changed the team “%(name)s”"),
    "team.member_added": _("took %(person)s into the team"),
    "team.member_removed": _("took %(person)s out of the team"),
}
# Nobody did it, and the sentence says so by itself.
ALONE = ("person.chat_failed", "person.address_refused")
ROLES = {
    "person.role_granted": _("granted the role “%(role)s” (%(region)s)"),
    "person.role_revoked": _("revoked the role “%(role)s” (%(region)s)"),
}
ROLE_WORDS = {"role": lambda code: Role(code).label, "region": lambda code: code or _("everywhere")}
