"""The plan as a document: a page to print, and a PDF."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import translation
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.permissions import can
from campaigns.actions import Action, head_actions
from campaigns.document.parts import Document, document_of
from campaigns.models import Campaign
from campaigns.services.dossier import Dossier
from core import documents, formats

RELATED = ("owner", "goal__strategy", "theme", "release")


@head_actions.register("document")
def document_actions(dossier: Dossier, user: User) -> list[Action]:
    """Everybody who may read the plan may hand it over as a document."""
    url = reverse("campaigns:document", args=[dossier.campaign.pk])
    return [Action(_("Show and share"), url, "share", order=6)]


@require_safe
def document(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything the person may see of the plan on one page."""
    campaign = _campaign(request, pk)
    doc = document_of(campaign, request.user)
    context = {
        "campaign": campaign,
        "doc": doc,
        "made": made_words(doc, str(request.user)),
        "languages": pdf_words(),
        "may_share": can(request.user, "link.make", campaign),
    }
    return render(request, "campaigns/document/page.html", context)


@require_safe
def document_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """The same on paper, in the person's language or in that of `?lang=`."""
    campaign = _campaign(request, pk)
    code = request.GET.get("lang", "")
    with translation.override(code if code in dict(settings.LANGUAGES) else translation.get_language()):
        doc = document_of(campaign, request.user)
        try:
            body = plan_pdf(doc, made_words(doc, str(request.user)))
        except documents.DocumentsUnavailable as error:
            context = {"reason": str(error), "campaign": campaign}
            return render(request, "campaigns/document/no_document.html", context, status=503)
    return pdf_response(body, campaign.name)


def _campaign(request: HttpRequest, pk: int) -> Campaign:
    found = Campaign.objects.visible_to(request.user).select_related(*RELATED)
    return get_object_or_404(found, pk=pk)


def pdf_words() -> list[tuple[str, str]]:
    """The languages in which there is a PDF, with the words of their buttons."""
    return [("de", _("PDF in German")), ("en", _("PDF in English"))]


def made_words(doc: Document, who: str) -> str:
    """When it was made, and through whose eyes."""
    return _("As of %(made)s, as seen by %(by)s") % {"made": formats.full_datetime(doc.made), "by": who}


def plan_pdf(doc: Document, made: str) -> bytes:
    """The document as PDF. DocumentsUnavailable where none can be made."""
    context = {"doc": doc, "made": made, "LANGUAGE_CODE": formats.language()}
    return documents.pdf("campaigns/document/print.html", context)


def pdf_response(body: bytes, name: str) -> HttpResponse:
    """A download under the name, whatever letters it has."""
    clean = "".join(letter for letter in name if letter.isprintable() and letter not in '/\\:*?"<>|').strip()
    response = HttpResponse(body, content_type="application/pdf")
    response.headers["Content-Disposition"] = content_disposition_header(True, f"{clean or 'plan'}.pdf")
    return response
