"""How the audit log says what happens to KPIs."""

from django.utils.translation import gettext_lazy as _

VERBS = {
    "kpi.defined": _("defined the KPI %(kpi)s"),
    "kpi.changed": _("changed the definition of %(kpi)s"),
    "target.set": _("set the target of %(kpi)s to %(value)s"),
    "target.removed": _("removed the KPI %(kpi)s"),
}
