"""Approval fixes a release: an immutable, hashed copy. Giving one up, and what differs between two."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.enums import Language
from accounts.models import User
from campaigns import hooks
from campaigns.enums import Preparation
from campaigns.models import Campaign, Release
from campaigns.readiness import approval_lines
from campaigns.services import snapshot
from campaigns.services.content import canonical_hash, core_labels, label_in, show_value
from campaigns.services.dossier import Dossier
from campaigns.services.flight_rows import entry_words
from campaigns.services.transitions import (
    ANYONE_RUNNING,
    APPROVE,
    GIVE_UP,
    TransitionRefused,
    lock_campaign,
    move_to,
    require_move,
)
from core import formats
from core.audit import record


@transaction.atomic
def approve(*, campaign: Campaign, by: User, seen: str = "") -> Release:
    """in review -> approved, by a manager who is not the owner, once every approval line is done.

    `seen` is the hash of the content the manager looked at; another content is refused. Content that is the
    same as that of the release in force keeps that release: nobody has to read or confirm it again.
    """
    campaign = lock_campaign(campaign)
    require_move(APPROVE, campaign, by)
    dossier = Dossier(campaign)
    missing = [line for line in approval_lines(dossier) if line.is_open]
    if missing:
        raise TransitionRefused(_("The campaign cannot be approved yet."), lines=missing)
    content = snapshot.build(dossier)
    digest = canonical_hash(content)
    if seen and seen != digest:
        raise TransitionRefused(_("The campaign was changed after you opened this page. Look at it again."))
    kept = campaign.release if campaign.release and campaign.release.content_hash == digest else None
    release = kept or _fix(campaign, content, digest, by)
    move_to(campaign, APPROVE, release=release)
    record(by=by, verb="campaign.approved", scope=campaign, subject=release, number=release.number)
    if kept is None:
        hooks.tell(hooks.release_fixed, release=release, by=by)
    return release


def _fix(campaign: Campaign, content: dict[str, Any], digest: str, by: User) -> Release:
    last = campaign.releases.values_list("number", flat=True).first() or 0
    return Release.objects.create(
        campaign=campaign, number=last + 1, content=content, content_hash=digest, approved_by=by
    )


@transaction.atomic
def give_up_release(*, campaign: Campaign, by: User) -> Campaign:
    """approved -> draft, by the owner, and no release is due any more; refused once something runs on it.

    A changed release that no region has taken over yet can be given up too: what runs stays in force. While
    a change is in work beside the release, only the release goes; the change stays where it is.
    """
    campaign = lock_campaign(campaign)
    require_move(GIVE_UP, campaign, by)
    given_up = campaign.release
    if given_up is None:
        already = campaign.state == Preparation.DRAFT
        raise TransitionRefused(_("There is no release that could be given up."), already=already)
    running = campaign.regions.filter(running__in=ANYONE_RUNNING)
    if running.filter(release=given_up).exists():
        raise TransitionRefused(_("This release is in force. Start a change instead, or pause the regions."))
    in_force = Release.objects.filter(pk__in=running.values("release")).first()
    move_to(campaign, GIVE_UP, release=in_force, keep=campaign.state != Preparation.APPROVED)
    record(by=by, verb="campaign.release_given_up", scope=campaign, subject=given_up, number=given_up.number)
    return campaign


@dataclass(frozen=True)
class Change:
    """One thing that differs between two releases: `old` is empty when it came, `new` when it went."""

    section: str
    label: str
    old: str
    new: str


def compare(old: dict[str, Any] | None, new: dict[str, Any]) -> list[Change]:
    """Everything in which two releases' contents differ, in reading order; all of it when `old` is None."""
    before = {key: rest for key, *rest in _facets(old)} if old else {}
    after = {key: rest for key, *rest in _facets(new)}
    keys = [*after, *(key for key in before if key not in after)]
    changes = []
    for key in keys:
        section, label, text = after.get(key) or [*before[key][:2], ""]
        was = before[key][2] if key in before else ""
        if was != text:
            changes.append(Change(section, label, was, text))
    return changes


Facet = tuple[str, str, str, str]  # key, section, label, text


def _facets(content: dict[str, Any]) -> Iterator[Facet]:
    yield from _campaign_facets(content)
    labels = core_labels()
    for name, label in labels.items():
        yield f"core.{name}", _("Core message"), label, content["core"].get(name, "")
    for fact in content["facts"]:
        for code, value in sorted(fact["values"].items()):
            name = label_in(fact, formats.language())
            label = f"{name} · {code}" if code else name
            text = show_value(fact["kind"], value, formats.language())
            yield f"fact.{fact['key']}.{code}", _("Facts of the offer"), label, text
    for one in content["variants"]:
        place = f"{one['channel_code']}.{one['region_code']}.{one['language']}"
        language = Language(one["language"]).label
        where = f"{_channel_name(content, one['channel_code'])} · {one['region_code']} · {language}"
        yield f"variant.{place}.headline", where, _("Headline or subject"), one["shown_headline"]
        yield f"variant.{place}.body", where, _("Text"), one["shown_body"]


def _campaign_facets(content: dict[str, Any]) -> Iterator[Facet]:
    section = _("Plan")
    campaign = content["campaign"]
    yield "campaign.name", section, _("Name"), campaign["name"]
    yield "campaign.purpose", section, _("What it is about"), campaign["purpose"]
    groups = ", ".join(_named(group) for group in content["target_groups"])
    yield "campaign.groups", section, _("Target groups"), groups
    for region in content["regions"]:
        yield f"region.{region['code']}", section, _named(region), _days(region)
    for channel in content["channels"]:
        key, name = f"channel.{channel['code']}", _named(channel)
        expert = channel["expert"]["name"] if channel["expert"] else ""
        yield f"{key}.expert", section, _("%(channel)s: expert") % {"channel": name}, expert
        regions = " · ".join(channel["region_codes"])
        yield f"{key}.regions", section, _("%(channel)s: regions") % {"channel": name}, regions
        flights = ", ".join(entry_words(flight) for flight in channel["flights"])
        yield f"{key}.flights", section, _("%(channel)s: flights") % {"channel": name}, flights


def _named(entry: dict[str, Any]) -> str:
    return entry["name_de"] if formats.language() == "de" else entry["name_en"]


def _channel_name(content: dict[str, Any], code: str) -> str:
    return next((_named(one) for one in content["channels"] if one["code"] == code), code)


def _days(entry: dict[str, Any]) -> str:
    return formats.date_range(date.fromisoformat(entry["starts_on"]), date.fromisoformat(entry["ends_on"]))
