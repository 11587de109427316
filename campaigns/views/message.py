"""The Message tab: core message and facts at the left, variants as customers will see them at the right."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.permissions import can
from campaigns.enums import Content, VariantState
from campaigns.errors import Refused
from campaigns.models import Campaign, Variant
from campaigns.services import message as service
from campaigns.services.dossier import Dossier
from campaigns.services.variants import missing
from campaigns.views.cards import Card, core_parts, fact_rows, sorted_cards
from campaigns.views.saving import url_or_none, visible_campaign
from core.concurrency import StaleVersion
from core.errors import conflict
from customers.insight import insights


@require_safe
def message(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything the campaign says, out-of-date variants first; `show` and `region` filter the cards."""
    campaign = visible_campaign(request, pk)
    dossier = Dossier(campaign)
    cards = sorted_cards(dossier, request.user)
    gaps = len(missing(dossier))
    chosen = {"show": request.GET.get("show", ""), "region": request.GET.get("region", "")}
    return render(
        request,
        "campaigns/message/page.html",
        {
            "campaign": campaign,
            "dossier": dossier,
            "cards": [card for card in cards if _fits(card, chosen)],
            "total": len(cards),
            "outdated": sum(card.outdated for card in cards),
            "chips": _chips(cards, chosen),
            "region_chips": _region_chips(dossier, cards, chosen),
            "parts": core_parts(dossier),
            "fact_rows": fact_rows(dossier),
            "core_number": _core_number(dossier),
            "missing": gaps,
            "head_actions": _actions(request, dossier, gaps),
            "insights": insights(campaign.target_groups.all()),
            **_rights(request, campaign),
        },
    )


def _rights(request: HttpRequest, campaign: Campaign) -> dict[str, Any]:
    opened = service.is_editable(campaign)
    may = can(request.user, "message.edit", campaign)
    return {
        "open": opened,
        "may_plan": may and opened,
        "plan_url": url_or_none("campaigns:edit", campaign.pk) if may else "",
    }


@dataclass(frozen=True)
class Action:
    """A button in the head of the campaign (templates/campaigns/head.html)."""

    label: str
    url: str
    icon: str
    primary: bool = False
    post: bool = False


def _actions(request: HttpRequest, dossier: Dossier, gaps: int) -> list[Action]:
    """Make what is missing, then show it to the regions; the next step is the filled button."""
    campaign, found = dossier.campaign, []
    if dossier.core is None or not service.is_editable(campaign):
        return []
    share = url_or_none("campaigns:share", campaign.pk) if campaign.shared_at is None else ""
    if gaps and can(request.user, "message.edit", campaign):
        label = ngettext("%(number)d draft to make", "%(number)d drafts to make", gaps) % {"number": gaps}
        url = reverse("campaigns:variants_new", args=[campaign.pk])
        found.append(Action(label, url, "plus-lg", primary=not dossier.variants or not share))
    if share and can(request.user, "campaign.edit", campaign):
        primary = bool(dossier.variants) or not gaps
        found.append(Action(_("Share with regions"), share, "share", primary=primary, post=True))
    return found


def _fits(card: Card, chosen: dict[str, str]) -> bool:
    return chosen["show"] in ("", card.variant.state) and chosen["region"] in ("", card.region.region.code)


def _address(chosen: dict[str, str], **change: str) -> str:
    kept = {name: value for name, value in (chosen | change).items() if value}
    return "?" + urlencode(kept)


def _chips(cards: list[Card], chosen: dict[str, str]) -> list[dict[str, Any]]:
    """All, then each state that some variant is in."""
    icons = {state.value: state.icon for state in VariantState}
    found = [{"word": _("All"), "count": len(cards), "value": "", "icon": ""}]
    for state in (VariantState.OUTDATED, VariantState.DRAFT, VariantState.CONFIRMED):
        count = sum(card.variant.state == state for card in cards)
        if count:
            icon = icons[state.value]
            found.append({"word": state.label, "count": count, "value": state.value, "icon": icon})
    return [
        chip | {"url": _address(chosen, show=chip["value"]), "current": chosen["show"] == chip["value"]}
        for chip in found
    ]


def _region_chips(dossier: Dossier, cards: list[Card], chosen: dict[str, str]) -> list[dict[str, Any]]:
    """The regions that have a variant; choosing the chosen one again shows all."""
    there = {card.region.pk for card in cards}
    found = []
    for row in dossier.regions:
        if row.pk in there:
            code, current = row.region.code, chosen["region"] == row.region.code
            url = _address(chosen, region="" if current else code)
            found.append({"word": str(row.region), "url": url, "current": current})
    return found


def _core_number(dossier: Dossier) -> int:
    return max((one.number for one in dossier.versions if one.kind == Content.CORE), default=0)


@require_POST
def confirm(request: HttpRequest, pk: int, variant_pk: int) -> HttpResponse:
    """The expert stands for exactly what the card showed him."""
    campaign = visible_campaign(request, pk)
    variant = get_object_or_404(Variant.objects.filter(campaign=campaign), pk=variant_pk)
    back = f"{reverse('campaigns:message', args=[pk])}#variant-{variant.pk}"
    if not can(request.user, "variant.confirm", variant):
        raise PermissionDenied(_("Only the channel's named expert confirms its variants."))
    try:
        service.confirm_variant(variant=variant, seen=request.POST.get("seen", ""), by=request.user)
    except StaleVersion:
        reason = _("The text or a fact changed since you saw it, so nothing was confirmed. Look at it again.")
        return conflict(request, {"reason": reason, "url": back})
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(back)
    messages.success(request, _("Confirmed."))
    return redirect(back)
