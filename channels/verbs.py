"""How the audit log says what happened to channels."""

from django.utils.translation import gettext_lazy as _

VERBS = {
    "channel.created": _("created the channel “%(name)s”"),
    "channel.changed": _("changed the channel “%(name)s”"),
}
EXPERTS = {
    "expert.named": _("named %(person)s as channel expert (%(region)s)"),
    "expert.removed": _("removed %(person)s as channel expert (%(region)s)"),
}
EXPERT_WORDS = {"region": lambda code: _("everywhere") if code == "*" else code}
