"""What the plan as a document says about KPIs."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from campaigns.document.parts import document_part
from campaigns.services.dossier import Dossier
from kpis.checks import targets_of
from kpis.panels import target_words


@document_part(
    "kpis", _("KPIs"), order=80, page="kpis:targets", template="kpis/document/part.html", usual=False
)
def kpi_part(dossier: Dossier, user: User) -> dict[str, Any] | None:
    """Targets with who or which tool delivers each figure."""
    currency = dossier.budget.currency if dossier.budget else "EUR"
    rows = [(target, target_words(target, currency)) for target in targets_of(dossier)]
    return {"rows": rows} if rows else None
