"""Before the start a campaign names its KPIs, their targets, and who or which tool delivers each figure."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.checks.plan import line
from campaigns.readiness import Line, approval_checks
from campaigns.services.dossier import Dossier
from kpis.enums import Source
from kpis.models import Target


def targets_of(dossier: Dossier) -> list[Target]:
    """The campaign's targets, read once per dossier."""
    found = dossier.campaign.targets.select_related("kpi", "supplier")
    return dossier.once("kpis.targets", lambda: list(found))


def missing_of(target: Target) -> str:
    """What a target still lacks, in words; empty when nothing."""
    lacks = [
        (target.value is None, _("the target value")),
        (not target.source, _("the source")),
        (target.source == Source.TOOL and not target.tool, _("the tool")),
        (target.supplier is None, _("who delivers it")),
        (target.supplier is not None and not target.supplier.is_active, _("who delivers it now")),
    ]
    return ", ".join(words for lack, words in lacks if lack)


@approval_checks.register("kpis")
def kpi_lines(dossier: Dossier) -> Iterator[Line]:
    """At least one KPI, and each with its target, source and supplier."""
    targets = targets_of(dossier)
    url = reverse("kpis:targets", args=[dossier.campaign.pk])
    if not targets:
        yield line(dossier, "kpis", _("No KPI is named yet"), done=False, url=url, action=_("Name KPIs"))
        return
    incomplete = [target for target in targets if missing_of(target)]
    for target in incomplete:
        title = _("%(kpi)s is incomplete") % {"kpi": target.kpi}
        detail = _("Missing: %(what)s") % {"what": missing_of(target)}
        key = f"kpis.{target.kpi.code}"
        yield line(dossier, key, title, done=False, detail=detail, url=url, action=_("Complete it"))
    if not incomplete:
        words = ngettext("%(count)d KPI with its target", "%(count)d KPIs with their targets", len(targets))
        yield line(dossier, "kpis", words % {"count": len(targets)}, done=True)
