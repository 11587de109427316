"""What the message still needs before a manager can approve it."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.checks.plan import first_start, state_of, working_days_before
from campaigns.enums import FactKind, VariantState
from campaigns.models import CampaignChannel, Variant
from campaigns.readiness import Line, Progress, approval_checks
from campaigns.services import content, message
from campaigns.services.dossier import Dossier
from campaigns.services.variants import Place, missing, places

# Working days before the first start: the core message first, then what channels make of it.
DAYS_CORE, DAYS_VARIANTS = 15, 8


@approval_checks.register("message")
def message_lines(dossier: Dossier) -> Iterator[Line]:
    """The core message is complete, and every channel's variants are there, fit and confirmed."""
    yield _core_line(dossier)
    yield from _currency_lines(dossier)
    gaps = missing(dossier)
    asked = places(dossier)
    for channel in dossier.channels:
        if any(place.channel.pk == channel.pk for place in asked):
            yield _channel_line(dossier, channel, [gap for gap in gaps if gap.channel.pk == channel.pk])


def _url(dossier: Dossier, query: str = "") -> str:
    return reverse("campaigns:message", args=[dossier.campaign.pk]) + query


def _core_line(dossier: Dossier) -> Line:
    core, labels = dossier.core, content.core_labels()
    needed = [name for name in content.CORE_FIELDS if name != "tone"]
    empty = [labels[name] for name in needed if not getattr(core, name, "").strip()]
    due = working_days_before(first_start(dossier), DAYS_CORE)
    if not empty:
        return Line("message.core", _("The core message is complete"), Progress.DONE)
    owner = dossier.campaign.owner
    return Line(
        key="message.core",
        title=_("The core message is not complete") if core else _("There is no core message yet"),
        progress=state_of(owner, due),
        detail=_("Missing: %(parts)s") % {"parts": ", ".join(empty)} if core else "",
        who=owner,
        due=due,
        url=reverse("campaigns:core_edit", args=[dossier.campaign.pk]),
        action=_("Complete it"),
    )


def _channel_line(dossier: Dossier, channel: CampaignChannel, gaps: list[Place]) -> Line:
    key, names = f"message.{channel.channel.code}", {"channel": channel.channel}
    problems = _problems(dossier, channel, gaps)
    if not problems:
        return Line(
            key, _("%(channel)s is confirmed for every region") % names, Progress.DONE, who=channel.expert
        )
    starts = [row.starts_on for row in dossier.regions if row.pk in _regions_of(channel)]
    due = working_days_before(min(starts), DAYS_VARIANTS)
    # A variant that is not there is the owner's to make, all else is the expert's.
    who = dossier.campaign.owner if gaps else channel.expert
    return Line(
        key=key,
        title=_("%(channel)s is not confirmed for every region") % names,
        progress=state_of(channel.expert, due),
        detail="; ".join(problems),
        who=who,
        due=due,
        url=_url(dossier),
        action=_("Make the drafts") if gaps else _("Open the variants"),
    )


def _currency_lines(dossier: Dossier) -> Iterator[Line]:
    """A region came in, or a price was written by no form: customers would read a foreign currency."""
    found: dict[str, list[str]] = {}
    for row in dossier.regions:
        for fact in dossier.facts:
            value = content.fact_value(fact, row.region) if fact.kind == FactKind.PRICE else None
            if value is not None and value.get("currency") not in row.region.currencies:
                found.setdefault(fact.name, []).append(row.region.code)
    if found:
        due, owner = working_days_before(first_start(dossier), DAYS_CORE), dossier.campaign.owner
        yield Line(
            key="message.currencies",
            title=_("Prices in a currency that is foreign to a region"),
            progress=state_of(owner, due),
            detail="; ".join(f"{label}: {', '.join(codes)}" for label, codes in found.items()),
            who=owner,
            due=due,
            url=_url(dossier, "#facts"),
            action=_("Give the prices"),
        )


def _regions_of(channel: CampaignChannel) -> set[int]:
    return {row.pk for row in channel.regions.all()}


def _problems(dossier: Dossier, channel: CampaignChannel, gaps: list[Place]) -> list[str]:
    """What is open, most urgent first, each with its regions."""
    found: dict[str, list[str]] = {}
    for gap in gaps:
        found.setdefault(_("no variant yet"), []).append(gap.region.region.code)
    for variant in current(dossier, channel):
        problem = _problem(dossier, channel, variant)
        if problem:
            found.setdefault(problem, []).append(content.region_of(dossier, variant).region.code)
    return [f"{', '.join(dict.fromkeys(codes))}: {problem}" for problem, codes in found.items()]


def current(dossier: Dossier, channel: CampaignChannel) -> list[Variant]:
    """The channel's variants for the regions it reaches, in languages spoken there, by region."""
    wanted = [place.ids for place in places(dossier) if place.channel.pk == channel.pk]
    there = {
        (variant.campaign_channel_id, variant.campaign_region_id, variant.language): variant
        for variant in dossier.variants
    }
    return [there[place] for place in wanted if place in there]


def _problem(dossier: Dossier, channel: CampaignChannel, variant: Variant) -> str:
    lost = message.lost_tokens(dossier, variant)
    if lost:
        tokens = ", ".join(f"{{{{{key}}}}}" for key in sorted(lost))
        words = ngettext("no value for %(tokens)s", "no values for %(tokens)s", len(lost))
        return words % {"tokens": tokens}
    if not variant.body.strip():
        return _("no text yet")
    if variant.state == VariantState.OUTDATED:
        return _("out of date")
    if not is_confirmed(dossier, channel, variant):
        return _("not confirmed yet")
    return ""


def is_confirmed(dossier: Dossier, channel: CampaignChannel, variant: Variant) -> bool:
    """True if the channel's expert of today stands for exactly what the variant says now.

    Recomputed: a stored state that no service wrote, or that somebody confirmed who has been replaced
    since, does not count.
    """
    return (
        variant.state == VariantState.CONFIRMED
        and variant.confirmed_by_id == channel.expert_id
        and variant.confirmed_hash == content.variant_hash(dossier, variant)
    )
