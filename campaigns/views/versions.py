"""The history of a core message, fact or variant, and the difference of any two of its versions."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from campaigns.enums import Content
from campaigns.models import Campaign, ContentVersion
from campaigns.services import content, versions
from campaigns.services import message as service
from campaigns.services.dossier import Dossier
from campaigns.views.saving import visible_campaign
from core import formats


@dataclass(frozen=True)
class Part:
    """A part that differs between the two versions."""

    label: str
    old: str
    new: str


@require_safe
def message_versions(request: HttpRequest, pk: int, kind: str, object_id: int) -> HttpResponse:
    """All versions, newest first; `a` and `b` are the numbers compared, else the last two."""
    campaign = visible_campaign(request, pk)
    if kind not in Content.values:
        raise Http404
    found = list(versions.history(kind=kind, object_id=object_id).filter(campaign=campaign))
    if not found:
        raise Http404
    old, new = _chosen(request, found)
    context = {
        "campaign": campaign,
        "title": _title(campaign, kind, object_id, found[0]),
        "versions": found,
        "old": old,
        "new": new,
        "parts": _parts(Dossier(campaign), kind, old, new),
    }
    return render(request, "campaigns/message/versions.html", context)


def _chosen(
    request: HttpRequest, found: list[ContentVersion]
) -> tuple[ContentVersion | None, ContentVersion]:
    """The two versions to compare, the older one first; None before the first version."""
    by_number = {str(one.number): one for one in found}
    new = by_number.get(request.GET.get("b", ""), found[0])
    old = by_number.get(request.GET.get("a", ""), by_number.get(str(new.number - 1)))
    if old is not None and old.number > new.number:
        old, new = new, old
    return old, new


def _title(campaign: Campaign, kind: str, object_id: int, last: ContentVersion) -> str:
    if kind == Content.CORE:
        return _("Core message")
    if kind == Content.VARIANT:
        dossier = Dossier(campaign)
        variant = next((one for one in dossier.variants if one.pk == object_id), None)
        return service.name_of(dossier, variant) if variant else _("Channel variant")
    if not last.content:
        return _("A fact that was deleted")
    return content.label_in(last.content, formats.language())


def _parts(dossier: Dossier, kind: str, old: ContentVersion | None, new: ContentVersion) -> list[Part]:
    regions = {str(row.region_id): row.region for row in dossier.regions} if kind == Content.FACT else {}
    language = formats.language()
    before = versions.texts(kind, old.content, regions, language) if old else {}
    after = versions.texts(kind, new.content, regions, language)
    labels = _labels()
    return [
        Part(labels.get(name, name), before.get(name, ""), after.get(name, ""))
        for name in dict.fromkeys([*after, *before])
        if before.get(name, "") != after.get(name, "")
    ]


def _labels() -> dict[str, str]:
    return content.core_labels() | {
        "headline": _("Headline or subject"),
        "body": _("Text"),
        "label": _("Name"),
        "label.de": _("Label in German"),
        "label.en": _("Label in English"),
        content.DEFAULT: _("Everywhere"),
    }
