"""Edit pages of core message and facts."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_POST

from campaigns.enums import Content, FactKind
from campaigns.errors import Refused
from campaigns.forms.message import CoreForm, FactForm, label_languages
from campaigns.forms.review import take_over
from campaigns.models import Campaign, CoreMessage, Fact
from campaigns.services import content
from campaigns.services import message as service
from campaigns.services.dossier import Dossier
from campaigns.views.cards import tokens
from campaigns.views.saving import GET_POST, attempt, closed, editable_campaign, message_url
from core.concurrency import StaleVersion
from core.errors import conflict
from customers.insight import insights


@GET_POST
def core_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Write the core message."""
    campaign = editable_campaign(request, pk)
    if away := closed(request, campaign):
        return away
    dossier = Dossier(campaign)
    core = dossier.core or CoreMessage(campaign=campaign, version=0)
    form, status = CoreForm(request.POST or None, instance=core), 200
    take_over(form, request.GET, content.CORE_FIELDS)
    if request.method == "POST" and form.is_valid():
        status = attempt(form, lambda: _save_core(campaign, form, request), Content.CORE)
        if not status:
            messages.success(request, _("The core message is saved."))
            return redirect(message_url(campaign))
    context = {
        "campaign": campaign,
        "form": form,
        "tokens": tokens(dossier),
        "insights": insights(campaign.target_groups.all()),
        "confirmed": sum(one.state == "confirmed" for one in dossier.variants),
    }
    return render(request, "campaigns/message/core.html", context, status=status)


def _save_core(campaign: Campaign, form: CoreForm, request: HttpRequest) -> None:
    service.save_core(campaign=campaign, values=form.values, expected=form.seen_version, by=request.user)


def _free_key(dossier: Dossier, kind: str) -> str:
    """A token that the campaign does not have yet: price, price-2 …"""
    taken, key, number = {fact.key for fact in dossier.facts}, kind, 1
    while key in taken:
        number += 1
        key = f"{kind}-{number}"
    return key


def _call_it(fact: Fact, dossier: Dossier) -> None:
    """At first a fact is called what its kind is, in both languages; "Text" would say nothing to staff."""
    own, other = label_languages(dossier)
    with override(own):
        fact.label = str(FactKind(fact.kind).label)
    if fact.kind != FactKind.TEXT:
        with override(other):
            fact.labels = {other: str(FactKind(fact.kind).label)}


@GET_POST
def fact_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a fact: first its kind (in the address), then its values."""
    campaign = editable_campaign(request, pk)
    if away := closed(request, campaign):
        return away
    kind = request.GET.get("kind", FactKind.PRICE)
    if kind not in FactKind.values:
        raise Http404
    dossier = Dossier(campaign)
    fact = Fact(campaign=campaign, kind=kind, version=0)
    _call_it(fact, dossier)
    fact.key = _free_key(dossier, kind)
    form = FactForm(request.POST or None, instance=fact, dossier=dossier, kind=kind)
    return _fact_page(request, dossier, form, None)


@GET_POST
def fact_edit(request: HttpRequest, pk: int, fact_pk: int) -> HttpResponse:
    """Change a fact's name and values."""
    campaign = editable_campaign(request, pk)
    if away := closed(request, campaign):
        return away
    dossier = Dossier(campaign)
    fact = get_object_or_404(campaign.facts.prefetch_related("values"), pk=fact_pk)
    form = FactForm(request.POST or None, instance=fact, dossier=dossier, kind=fact.kind)
    return _fact_page(request, dossier, form, fact)


def _fact_page(request: HttpRequest, dossier: Dossier, form: FactForm, fact: Fact | None) -> HttpResponse:
    campaign, status = dossier.campaign, 200
    if request.method == "POST" and form.is_valid():
        status = attempt(form, lambda: _save_fact(dossier, form, fact, request), Content.FACT)
        if not status:
            messages.success(request, _("“%(label)s” is saved.") % {"label": form.cleaned_data["label"]})
            return redirect(message_url(campaign, "#facts"))
    context = {
        "campaign": campaign,
        "form": form,
        "fact": fact,
        "kind": FactKind(form.kind),
        "kinds": list(FactKind) if fact is None else [],
        "users": service.users_of(dossier, fact) if fact else [],
    }
    return render(request, "campaigns/message/fact.html", context, status=status)


def _save_fact(dossier: Dossier, form: FactForm, fact: Fact | None, request: HttpRequest) -> None:
    service.save_fact(
        campaign=dossier.campaign,
        fact=fact,
        key=form.cleaned_data.get("key", ""),
        kind=form.kind,
        label=form.cleaned_data["label"],
        labels=form.labels(),
        values=form.fact_values(),
        expected=form.seen_version,
        by=request.user,
    )


@require_POST
def fact_delete(request: HttpRequest, pk: int, fact_pk: int) -> HttpResponse:
    """Take a fact out of the offer, unless a text uses it."""
    campaign = editable_campaign(request, pk)
    fact = get_object_or_404(campaign.facts, pk=fact_pk)
    version = request.POST.get("version", "")
    try:
        service.delete_fact(fact=fact, expected=int(version) if version.isdecimal() else 0, by=request.user)
    except StaleVersion:
        return conflict(request, {"url": reverse("campaigns:fact_edit", args=[pk, fact_pk])})
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("campaigns:fact_edit", pk, fact_pk)
    messages.success(request, _("“%(label)s” is deleted.") % {"label": fact.label})
    return redirect(message_url(campaign, "#facts"))
