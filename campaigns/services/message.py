"""Every write to a message: core message, facts, variants and what their experts say to them.

Each call is one transaction under the campaign's lock, audited, with a version in the history when the
words changed; afterwards variants built on what changed are out of date. A closed campaign raises
NotEditable, a save over somebody else's StaleVersion.
"""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from campaigns import hooks
from campaigns.enums import Content, FactKind, Preparation, VariantState
from campaigns.errors import NotEditable, Refused
from campaigns.models import Campaign, CoreMessage, Fact, FactValue, Variant
from campaigns.services import content, versions
from campaigns.services.dossier import Dossier
from core import audit
from core.concurrency import StaleVersion

CLOSED = (Preparation.APPROVED, Preparation.CANCELLED, Preparation.EVALUATED)
UNCONFIRMED = {"confirmed_by": None, "confirmed_at": None, "confirmed_hash": "", "basis_hash": ""}

audit.register_verbs(
    {
        "core.saved": gettext_lazy("changed the core message"),
        "fact.saved": gettext_lazy("changed the fact “%(label)s”"),
        "fact.deleted": gettext_lazy("deleted the fact “%(label)s”"),
        "variant.saved": gettext_lazy("changed the variant %(variant)s"),
        "variant.confirmed": gettext_lazy("confirmed the variant %(variant)s"),
        "variants.created": gettext_lazy("made new variants: %(variants)s"),
    }
)


def is_editable(campaign: Campaign) -> bool:
    """True while the working copy is open."""
    return campaign.state not in CLOSED


def opened(campaign: Campaign | int) -> Campaign:
    """The campaign, locked, so that nobody changes its message meanwhile; NotEditable when it is closed."""
    key = campaign.pk if isinstance(campaign, Campaign) else campaign
    campaign = Campaign.objects.select_for_update().get(pk=key)
    if is_editable(campaign):
        return campaign
    if campaign.state == Preparation.APPROVED:
        raise NotEditable(_("The campaign is approved. Start a change first, then edit the message."))
    raise NotEditable(_("The campaign is closed; its message can only be read."))


def _changed(campaign: Campaign, by: User) -> None:
    """After other words: variants built on what changed are out of date, and whoever follows is told."""
    _mark_outdated(Dossier(campaign))
    hooks.run(hooks.message_changed, campaign, by)


def _mark_outdated(dossier: Dossier) -> list[Variant]:
    """Confirmed variants whose core message, or whose facts in their region, are no longer what was seen."""
    old = [
        variant
        for variant in dossier.variants
        if variant.state == VariantState.CONFIRMED
        and variant.basis_hash != content.basis_hash(dossier, variant)
    ]
    # Not a new version: the words are the same, and whoever is editing them loses nothing.
    Variant.objects.filter(pk__in=[one.pk for one in old]).update(state=VariantState.OUTDATED)
    return old


@transaction.atomic
def save_core(*, campaign: Campaign, values: Mapping[str, str], expected: int, by: User) -> CoreMessage:
    """Write the core message (language and content.CORE_FIELDS); `expected` is 0 for the first one."""
    campaign = opened(campaign)
    core = CoreMessage.objects.filter(campaign=campaign).first()
    fields = [name for name in ("language", *content.CORE_FIELDS) if name in values]
    if core is None:
        core = CoreMessage.objects.create(campaign=campaign, **{name: values[name] for name in fields})
    elif not expected:
        raise StaleVersion(core)
    else:
        for name in fields:
            setattr(core, name, values[name])
        core.save_versioned(expected=expected, fields=fields)
    now = content.core_content(core)
    if versions.append(campaign=campaign, kind=Content.CORE, object_id=core.pk, now=now, by=by):
        audit.record(by=by, verb="core.saved", scope=campaign, subject=core)
        _changed(campaign, by)
    return core


FactValues = Mapping[int | None, dict[str, str]]


@transaction.atomic
def save_fact(
    *,
    campaign: Campaign,
    fact: Fact | None = None,
    key: str = "",
    kind: str = "",
    label: str,
    labels: Mapping[str, str] | None = None,
    values: FactValues,
    expected: int = 0,
    by: User,
) -> Fact:
    """Write a fact with its values by region id (None: for all others); one left out has none of its own.

    `labels`: what it is called in other languages, by code; None leaves them as they are.

    Token and kind are chosen once, with a new fact: texts are built on them. Refused for a token that the
    campaign has already, for a region that it does not have, and for a region's price in another currency.
    """
    campaign = opened(campaign)
    _refuse_foreign(campaign, fact.kind if fact else kind, values)
    names: dict[str, Any] = {"label": label}
    if labels is not None:
        names["labels"] = {language: text for language, text in labels.items() if text.strip()}
    if fact is None:
        fact = _new_fact(campaign, key, kind, names)
    else:
        for name, value in names.items():
            setattr(fact, name, value)
        fact.save_versioned(expected=expected, fields=list(names))
    write_values(fact, values)
    _note_fact(campaign, fact, by)
    return fact


def _refuse_foreign(campaign: Campaign, kind: str, values: FactValues) -> None:
    own = {row.region_id: row.region for row in campaign.regions.select_related("region")}
    if set(values) - own.keys() - {None}:
        raise Refused(_("A value is for a region that the campaign does not have."))
    for key, value in values.items():
        if key is not None and kind == FactKind.PRICE and value["currency"] not in own[key].currencies:
            params = {"region": own[key], "currency": own[key].currency}
            raise Refused(_("Prices in %(region)s are in %(currency)s.") % params)


def _new_fact(campaign: Campaign, key: str, kind: str, names: Mapping[str, Any]) -> Fact:
    last = campaign.facts.aggregate(last=Max("position"))["last"]
    place = 0 if last is None else last + 1
    try:
        with transaction.atomic():
            return Fact.objects.create(campaign=campaign, key=key, kind=kind, position=place, **names)
    except IntegrityError as error:
        raise Refused(
            _("The campaign already has a fact with the token {{%(key)s}}.") % {"key": key}
        ) from error


def write_values(fact: Fact, values: FactValues) -> None:
    """Bring the rows of a fact's values in line; the caller holds the campaign's lock and notes a version."""
    kept = {value.region_id: value for value in fact.values.all()}
    for region_id, value in values.items():
        if region_id not in kept:
            FactValue.objects.create(fact=fact, region_id=region_id, value=value)
        elif kept[region_id].value != value:
            kept[region_id].value = value
            kept[region_id].save(update_fields=["value"])
    fact.values.filter(pk__in=[kept[gone].pk for gone in kept.keys() - values.keys()]).delete()


def _note_fact(campaign: Campaign, fact: Fact, by: User) -> None:
    now = content.fact_content(Fact.objects.get(pk=fact.pk))
    if not versions.append(campaign=campaign, kind=Content.FACT, object_id=fact.pk, now=now, by=by):
        return
    # A token may have been written before its fact was there.
    using = [one for one in campaign.variants.all() if fact.key in content.variant_tokens(one)]
    fact.variants.set(using)
    audit.record(by=by, verb="fact.saved", scope=campaign, subject=fact, label=fact.label)
    _changed(campaign, by)


@transaction.atomic
def delete_fact(*, fact: Fact, expected: int, by: User) -> None:
    """Take a fact out of the offer; Refused, naming the texts, while any text still uses its token."""
    campaign = opened(fact.campaign_id)
    current = Fact.objects.filter(pk=fact.pk).first()
    if current is None:
        return
    if current.version != expected:
        raise StaleVersion(current)
    users = users_of(Dossier(campaign), current)
    if users:
        params = {"label": current.label, "texts": ", ".join(users)}
        raise Refused(_("“%(label)s” is still used by: %(texts)s.") % params)
    versions.append(campaign=campaign, kind=Content.FACT, object_id=current.pk, now={}, by=by)
    audit.record(by=by, verb="fact.deleted", scope=campaign, subject=current, label=current.label)
    current.delete()
    _changed(campaign, by)


def users_of(dossier: Dossier, fact: Fact) -> list[str]:
    """Names of the texts in which the fact's token stands, in the reader's language."""
    core = content.core_content(dossier.core) if dossier.core else {}
    users = [_("Core message")] if any(fact.key in content.tokens_in(text) for text in core.values()) else []
    return users + [
        name_of(dossier, variant)
        for variant in dossier.variants
        if fact.key in content.variant_tokens(variant)
    ]


def name_of(dossier: Dossier, variant: Variant) -> str:
    """What a variant is called: channel, region and, where there is a choice, language."""
    region = content.region_of(dossier, variant).region
    name = f"{content.channel_of(dossier, variant).channel} · {region.code}"
    return f"{name} · {variant.language}" if variant.language != region.language else name


@transaction.atomic
def save_variant(*, variant: Variant, headline: str, body: str, expected: int, by: User) -> Variant:
    """Write a variant's words. Other words ask for its expert: the variant is a draft again.

    One that was out of date stays so until its expert adapts it, that is: saves other words himself.
    """
    return _write_variant(opened(variant.campaign_id), variant, (headline, body), expected, by)


def _write_variant(
    campaign: Campaign, variant: Variant, words: tuple[str, str], expected: int, by: User
) -> Variant:
    variant = _locked(variant)
    _refuse_headline(variant, words[0])
    before = content.variant_content(variant)
    variant.headline, variant.body = words
    now, fields = content.variant_content(variant), list(content.VARIANT_FIELDS)
    variant.save_versioned(expected=expected, fields=fields, **_state_after(variant, before != now, by))
    if before != now:
        keys = content.variant_tokens(variant)
        variant.facts.set([fact for fact in campaign.facts.all() if fact.key in keys])
    if versions.append(campaign=campaign, kind=Content.VARIANT, object_id=variant.pk, now=now, by=by):
        name = str(variant)
        audit.record(by=by, verb="variant.saved", scope=campaign, subject=variant, variant=name)
        _changed(campaign, by)
    return variant


def _refuse_headline(variant: Variant, headline: str) -> None:
    channel = variant.campaign_channel.channel
    if headline.strip() and headline != variant.headline and "headline" not in channel.part_labels:
        raise Refused(_("%(channel)s has no headline; everything stands in the text.") % {"channel": channel})


def _locked(variant: Variant) -> Variant:
    found = Variant.objects.select_related("campaign_channel__channel", "campaign_region__region")
    return found.get(pk=variant.pk)


def _state_after(variant: Variant, other_words: bool, by: User) -> dict[str, Any]:
    if not other_words or variant.state == VariantState.DRAFT:
        return {}
    if variant.state == VariantState.OUTDATED and variant.campaign_channel.expert_id != by.pk:
        return {}
    return {"state": VariantState.DRAFT} | UNCONFIRMED


@transaction.atomic
def confirm_variant(*, variant: Variant, seen: str, by: User) -> Variant:
    """The channel's named expert stands for exactly what he saw (`seen` is content.variant_hash of it).

    PermissionDenied for anybody else, StaleVersion when text, core message or facts changed since,
    Refused for a text that customers could not get: an empty one, or one with a token without a value.
    """
    return _confirm(opened(variant.campaign_id), _locked(variant), seen, by)


def _confirm(campaign: Campaign, variant: Variant, seen: str, by: User) -> Variant:
    if variant.campaign_channel.expert_id != by.pk:
        raise PermissionDenied(_("Only the channel's named expert confirms its variants."))
    dossier = Dossier(campaign)
    shown = content.variant_hash(dossier, variant)
    if shown != seen:
        raise StaleVersion(variant)
    if variant.state == VariantState.CONFIRMED and variant.confirmed_hash == shown:
        return variant  # a double click
    _refuse_unfit(dossier, variant)
    now = {
        "state": VariantState.CONFIRMED,
        "confirmed_by": by,
        "confirmed_at": timezone.now(),
        "confirmed_hash": shown,
        "basis_hash": content.basis_hash(dossier, variant),
    }
    Variant.objects.filter(pk=variant.pk).update(**now)
    for name, value in now.items():
        setattr(variant, name, value)
    audit.record(by=by, verb="variant.confirmed", scope=campaign, subject=variant, variant=str(variant))
    return variant


def _refuse_unfit(dossier: Dossier, variant: Variant) -> None:
    if not variant.body.strip():
        raise Refused(_("There is no text yet. Write one, then confirm it."))
    lost = lost_tokens(dossier, variant)
    if lost:
        tokens = ", ".join(f"{{{{{key}}}}}" for key in sorted(lost))
        raise Refused(_("Customers would see braces: there is no value for %(tokens)s.") % {"tokens": tokens})


def lost_tokens(dossier: Dossier, variant: Variant) -> set[str]:
    """Keys of the variant's tokens that have no value in its region."""
    region = content.region_of(dossier, variant).region
    known = content.fact_texts(dossier, region, variant.language)
    return content.unknown_tokens(f"{variant.headline}\n{variant.body}", known)


@transaction.atomic
def adapt(*, variant: Variant, headline: str, body: str, expected: int, seen_offer: str, by: User) -> Variant:
    """The expert changes the words and stands for them at once.

    `seen_offer` is offer_hash of what stood beside the form: Refused when that changed since.
    """
    campaign = opened(variant.campaign_id)
    if variant.campaign_channel.expert_id != by.pk:
        raise PermissionDenied(_("Only the channel's named expert confirms its variants."))
    if offer_hash(Dossier(campaign), variant) != seen_offer:
        raise Refused(
            _(
                "The core message or a fact changed while you were writing. "
                "Look at the preview, then save again."
            )
        )
    written = _write_variant(campaign, variant, (headline, body), expected, by)
    return _confirm(campaign, written, content.variant_hash(Dossier(campaign), written), by)


def offer_hash(dossier: Dossier, variant: Variant) -> str:
    """Hash of all that a variant of this region can be built on: core message and every fact."""
    region = content.region_of(dossier, variant).region
    core = content.core_content(dossier.core) if dossier.core else {}
    facts = {fact.key: fact.raw for fact in content.shown_facts(dossier, region, variant.language)}
    return content.canonical_hash({"core": core, "facts": facts})
