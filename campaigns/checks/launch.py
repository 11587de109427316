"""Launch checks of this app: is exactly this release approved, whole, in its period, staffed and paid for?

All of them read the campaign's release and current rows of people, money and approvals, once per dossier.
"""

from collections.abc import Iterable
from datetime import date

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from campaigns.enums import Preparation
from campaigns.models import CampaignRegion, ReviewApproval
from campaigns.readiness import Line, Progress, launch_checks
from campaigns.services.dossier import Dossier
from campaigns.services.launch import at_once
from campaigns.services.snapshot import Content, ends_at, is_intact, region_entry
from core import formats


def _progress(done: bool, otherwise: Progress = Progress.STUCK) -> Progress:
    return Progress.DONE if done else otherwise


@launch_checks.register("campaigns.release")
def release_is_approved(dossier: Dossier, region: CampaignRegion) -> Iterable[Line]:
    """There is an approved release with this region in it, and nobody has tampered with it."""
    release = dossier.release
    entry = region_entry(release, region)
    whole = release is not None and dossier.once("intact", lambda: is_intact(release))
    fits, detail = whole and entry is not None, ""
    if release is None:
        waiting = dossier.campaign.state == Preparation.IN_REVIEW
        detail = _("A manager approves it after the review.") if waiting else ""
    elif not whole:
        detail = _("Its content is not what was approved. Approve the campaign again.")
    elif entry is None:
        detail = _("This region is not part of the approved release.")
    yield Line(
        key=f"release.{region.region.code}",
        title=_("The release is approved") if fits else _("No approved release for this region"),
        progress=_progress(fits),
        detail=detail,
        who=dossier.campaign.owner,
        url=reverse("campaigns:releases", args=[dossier.campaign.pk]),
        region=region,
    )


@launch_checks.register("campaigns.period")
def period_is_not_over(dossier: Dossier, region: CampaignRegion) -> Iterable[Line]:
    """The last day of the release is not over in the region."""
    entry = region_entry(dossier.release, region)
    if entry is None:
        return
    over = ends_at(entry) <= timezone.now()
    yield Line(
        key=f"period.{region.region.code}",
        title=_("The last day is over") if over else _("The last day is not over"),
        progress=_progress(not over),
        detail=_("Start a change and plan a new end.") if over else "",
        who=dossier.campaign.owner,
        region=region,
    )


@launch_checks.register("campaigns.experts")
def experts_are_here(dossier: Dossier, region: CampaignRegion) -> Iterable[Line]:
    """Every channel that carries the release here still has its expert in the company."""
    missing = [
        channel for channel in _channels(dossier, region) if _expert_id(channel) not in _experts(dossier)
    ]
    names = {"channels": ", ".join(_name(channel) for channel in missing)}
    yield Line(
        key=f"experts.{region.region.code}",
        title=_("%(channels)s without an expert") % names if missing else _("Every channel has its expert"),
        progress=_progress(not missing),
        detail=_("Start a change and name somebody who is with the company.") if missing else "",
        who=dossier.campaign.owner,
        region=region,
    )


def _channels(dossier: Dossier, region: CampaignRegion) -> list[Content]:
    channels = dossier.release.content["channels"] if dossier.release else []
    return [channel for channel in channels if region.region.code in channel["region_codes"]]


def _name(channel: Content) -> str:
    return channel["name_de"] if formats.language() == "de" else channel["name_en"]


def _expert_id(channel: Content) -> int | None:
    return channel["expert"]["id"] if channel["expert"] else None


def _experts(dossier: Dossier) -> set[int]:
    """Those of the release's experts who are with the company."""

    def read() -> set[int]:
        channels = dossier.release.content["channels"] if dossier.release else []
        wanted = [_expert_id(channel) for channel in channels if channel["expert"]]
        return set(User.objects.filter(pk__in=wanted, is_active=True).values_list("pk", flat=True))

    return dossier.once("experts of the release", read)


@launch_checks.register("campaigns.budget")
def budget_is_approved(dossier: Dossier, region: CampaignRegion) -> Iterable[Line]:
    """The budget still stands approved."""
    approved = dossier.budget is not None and dossier.budget.approved is not None
    yield Line(
        key="budget.approved",
        title=_("The budget is approved") if approved else _("The budget is not approved"),
        progress=_progress(approved),
        who=dossier.campaign.owner,
        url=reverse("campaigns:budget", args=[dossier.campaign.pk]),
    )


@launch_checks.register("campaigns.flights")
def flights_fit(dossier: Dossier, region: CampaignRegion) -> Iterable[Line]:
    """No flight of the release begins before its region; of a channel that reaches all at once, the last."""
    if dossier.release is None:
        return
    starts = {entry["code"]: entry["starts_on"] for entry in dossier.release.content["regions"]}
    early = []
    for channel in _channels(dossier, region):
        codes = sorted(channel["region_codes"], key=lambda code: starts[code])
        first, last = codes[0], codes[-1]
        begins = min((flight["starts_on"] for flight in channel["flights"]), default=starts[last])
        if begins < starts[first]:
            early.append(_waits_for(channel, first, starts[first]))
        elif begins < starts[last] and channel["code"] in at_once(dossier):
            early.append(_waits_for(channel, last, starts[last]))
    yield Line(
        key=f"flights.{region.region.code}",
        title=_("A flight begins before its region") if early else _("No flight begins before its region"),
        progress=_progress(not early),
        detail=", ".join(early),
        who=dossier.campaign.owner,
        region=region,
    )


def _waits_for(channel: Content, code: str, day: str) -> str:
    words = _("%(channel)s (%(region)s starts on %(day)s)")
    shown = formats.short_date(date.fromisoformat(day))
    return words % {"channel": _name(channel), "region": code, "day": shown}


@launch_checks.register("campaigns.reviews")
def reviews_were_approved(dossier: Dossier, region: CampaignRegion) -> Iterable[Line]:
    """What the release says in each language of the region is what a reviewer approved, to the letter."""
    entry = region_entry(dossier.release, region)
    for language, digest in (entry or {}).get("reviewed", {}).items():
        approved = (region.region_id, language, digest) in _approvals(dossier)
        title = _("The review of %(region)s is approved") if approved else _("%(region)s was not reviewed")
        yield Line(
            key=f"review.{region.region.code}.{language}",
            title=title % {"region": region.region},
            progress=_progress(approved),
            detail="" if approved else _("No approval names exactly the words of this release."),
            who=dossier.campaign.owner,
            url=reverse("campaigns:reviews", args=[dossier.campaign.pk]),
            region=region,
        )


def _approvals(dossier: Dossier) -> set[tuple[int, str, str]]:
    def read() -> set[tuple[int, str, str]]:
        found = ReviewApproval.objects.filter(review__campaign_region__campaign=dossier.campaign)
        parts = ("review__campaign_region__region", "review__language", "content_hash")
        return set(found.values_list(*parts))

    return dossier.once("review approvals", read)
