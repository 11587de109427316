"""Drafts for missing variants, and the page on which a variant is written beside its preview."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.permissions import can
from campaigns.enums import Content
from campaigns.forms.message import DraftsForm, VariantForm
from campaigns.forms.review import take_over
from campaigns.models import Variant
from campaigns.services import content
from campaigns.services import message as service
from campaigns.services.dossier import Dossier
from campaigns.services.variants import create_variants_missing
from campaigns.views.cards import core_parts, tokens, warnings_of, words_of
from campaigns.views.saving import (
    GET_POST,
    attempt,
    closed,
    editable_campaign,
    message_url,
    visible_campaign,
)
from customers.insight import insights


@GET_POST
def variants_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Make drafts for the variants that the plan asks for."""
    campaign = editable_campaign(request, pk)
    if away := closed(request, campaign):
        return away
    dossier = Dossier(campaign)
    names = {one.pk: service.name_of(dossier, one) for one in dossier.variants}
    form, status = DraftsForm(request.POST or None, dossier=dossier, names=names), 200
    if request.method == "POST" and form.is_valid():
        status = attempt(form, lambda: _make_drafts(dossier, form, request), Content.VARIANT)
        if not status:
            messages.success(request, _("The drafts are there. Their experts make them their own."))
            return redirect(message_url(campaign))
    context = {"campaign": campaign, "form": form, "places": form.fields["places"].choices}
    return render(request, "campaigns/message/drafts.html", context, status=status)


def _make_drafts(dossier: Dossier, form: DraftsForm, request: HttpRequest) -> None:
    source = form.cleaned_data["source"]
    like = next((one for one in dossier.variants if str(one.pk) == source), None)
    create_variants_missing(
        campaign=dossier.campaign, by=request.user, only=form.cleaned_data["places"], copy_from=like
    )


def _editable(request: HttpRequest, pk: int, variant_pk: int) -> tuple[Dossier, Variant]:
    """The variant with its campaign's dossier; 404 or 403."""
    campaign = visible_campaign(request, pk)
    found = campaign.variants.select_related("campaign_channel__channel", "campaign_channel__expert")
    variant = get_object_or_404(found, pk=variant_pk)
    variant.campaign = campaign
    if not can(request.user, "variant.edit", variant):
        raise PermissionDenied(
            _("A variant is changed by its expert, the owner and marketers of its regions.")
        )
    return Dossier(campaign), variant


@GET_POST
def variant_edit(request: HttpRequest, pk: int, variant_pk: int) -> HttpResponse:
    """Write a variant; its expert may confirm it in the same step. `then=preview` only shows it."""
    dossier, variant = _editable(request, pk, variant_pk)
    if away := closed(request, dossier.campaign):
        return away
    form, status = VariantForm(request.POST or None, instance=variant), 200
    take_over(form, request.GET, content.VARIANT_FIELDS)
    then = request.POST.get("then", "")
    if request.method == "POST" and form.is_valid() and then != "preview":
        status = attempt(form, lambda: _save(form, variant, request), Content.VARIANT)
        if not status:
            messages.success(request, _("Saved and confirmed.") if then == "confirm" else _("Saved."))
            return redirect(message_url(dossier.campaign, f"#variant-{variant.pk}"))
    context = _page(request, dossier, variant, form)
    return render(request, "campaigns/message/variant.html", context, status=status)


def _save(form: VariantForm, variant: Variant, request: HttpRequest) -> None:
    words: dict[str, Any] = {
        "variant": variant,
        "headline": form.cleaned_data.get("headline", ""),
        "body": form.cleaned_data["body"],
        "expected": form.seen_version,
        "by": request.user,
    }
    if request.POST.get("then") == "confirm":
        service.adapt(seen_offer=request.POST.get("seen_offer", ""), **words)
    else:
        service.save_variant(**words)


def _page(request: HttpRequest, dossier: Dossier, variant: Variant, form: VariantForm) -> dict[str, Any]:
    region = content.region_of(dossier, variant)
    return {
        "campaign": dossier.campaign,
        "variant": variant,
        "title": service.name_of(dossier, variant),
        "channel": variant.campaign_channel,
        "form": form,
        "tokens": tokens(dossier, region.region, variant.language),
        "seen_offer": service.offer_hash(dossier, variant),
        "may_confirm": can(request.user, "variant.confirm", variant),
        "core": dossier.core,
        "parts": core_parts(dossier, region.region),
        "insights": insights(dossier.campaign.target_groups.all(), variant.campaign_channel.channel),
        **_preview(dossier, variant, *(_typed(form, name) for name in content.VARIANT_FIELDS)),
    }


def _typed(form: VariantForm, name: str) -> str:
    return (form[name].value() or "") if name in form.fields else ""


def _preview(dossier: Dossier, variant: Variant, headline: str, body: str) -> dict[str, Any]:
    """The words as typed, filled in, and what should be looked at."""
    typed = Variant(
        pk=variant.pk,
        campaign_channel_id=variant.campaign_channel_id,
        campaign_region_id=variant.campaign_region_id,
        language=variant.language,
        headline=headline,
        body=body.replace("\r\n", "\n"),
    )
    region = content.region_of(dossier, variant)
    facts = content.shown_facts(dossier, region.region, variant.language)
    return {
        "words": words_of(variant.campaign_channel, typed, facts, {}),
        "warnings": warnings_of(dossier, typed, facts),
    }


@require_POST
def variant_preview(request: HttpRequest, pk: int, variant_pk: int) -> HttpResponse:
    """The preview of what is being typed (htmx); nothing is saved."""
    dossier, variant = _editable(request, pk, variant_pk)
    context = _preview(dossier, variant, request.POST.get("headline", ""), request.POST.get("body", ""))
    return render(request, "campaigns/message/_preview.html", context)
