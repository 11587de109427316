"""How the audit log says what happened to target groups."""

from django.utils.translation import gettext_lazy as _

VERBS = {
    "group.created": _("described the target group “%(name)s”"),
    "group.changed": _("changed the target group “%(name)s”"),
    "group.use_changed": _("changed what the target group “%(name)s” uses: %(channels)s"),
}
