"""Releases for reading: the list, one of them as it was approved, two of them compared."""

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.enums import Language
from campaigns.enums import Running
from campaigns.models import Campaign, Release
from campaigns.services.content import core_labels, label_in
from campaigns.services.dossier import Dossier
from campaigns.services.flight_rows import entry_words
from campaigns.services.release import compare
from campaigns.services.snapshot import is_intact
from campaigns.views.lifecycle import visible
from core import formats


@require_safe
def releases(request: HttpRequest, pk: int) -> HttpResponse:
    """Every release of the campaign, newest first, and where it runs."""
    campaign = visible(request, pk)
    dossier = Dossier(campaign)
    found = list(campaign.releases.defer("content").select_related("approved_by"))
    running = {Running.LIVE, Running.PAUSED}
    rows = [
        {
            "release": release,
            "before": found[place + 1] if place + 1 < len(found) else None,
            "regions": [
                one for one in dossier.regions if one.release_id == release.pk and one.running in running
            ],
            "is_next": release.pk == campaign.release_id,
        }
        for place, release in enumerate(found)
    ]
    context = {"campaign": campaign, "dossier": dossier, "rows": rows}
    return render(request, "campaigns/lifecycle/releases.html", context)


def _release(campaign: Campaign, number: int) -> Release:
    return get_object_or_404(campaign.releases.select_related("approved_by"), number=number)


@require_safe
def release(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """One release, exactly as it was approved, region by region."""
    campaign = visible(request, pk)
    found = _release(campaign, number)
    content = found.content
    codes = [entry["code"] for entry in content["regions"]]
    code = request.GET.get("region", codes[0] if codes else "")
    if codes and code not in codes:
        raise Http404
    dossier = Dossier(campaign)
    context = {
        "campaign": campaign,
        "dossier": dossier,
        "release": found,
        "intact": is_intact(found),
        "codes": codes,
        "code": code,
        "others": [one for one in campaign.releases.defer("content") if one.pk != found.pk],
        "regions": [one for one in dossier.regions if one.release_id == found.pk],
    } | region_view(content, code)
    return render(request, "campaigns/lifecycle/release.html", context)


def days(entry: dict[str, Any]) -> tuple[date, date]:
    """First and last day of a region's entry."""
    return date.fromisoformat(entry["starts_on"]), date.fromisoformat(entry["ends_on"])


def region_view(content: dict[str, Any], code: str) -> dict[str, Any]:
    """What customers of one region get by a release's content, in the reader's words."""
    language = formats.language()
    entry = next((one for one in content["regions"] if one["code"] == code), None)
    labels = core_labels()
    core = content["core_by_region"].get(code, content["core"])
    channels = {one["code"]: one for one in content["channels"]}
    return {
        "content": content,
        "entry": entry and entry | {"name": entry[f"name_{language}"]},
        "period": days(entry) if entry else None,
        "core": [(name, labels[name], core[name]) for name in labels if core.get(name)],
        "core_language": content["core"].get("language", language),
        "facts": [
            {"key": fact["key"], "label": label_in(fact, language), "text": fact["shown"][language]}
            for fact in content["facts_by_region"].get(code, [])
        ],
        "variants": [
            one
            | {
                "channel": channels[one["channel_code"]][f"name_{language}"],
                "language_name": Language(one["language"]).label,
            }
            for one in content["variants"]
            if one["region_code"] == code and one["channel_code"] in channels
        ],
        "channels": [
            one
            | {"name": one[f"name_{language}"], "days": [entry_words(flight) for flight in one["flights"]]}
            for one in content["channels"]
            if code in one["region_codes"]
        ],
    }


@require_safe
def release_compare(request: HttpRequest, pk: int, old: int, new: int) -> HttpResponse:
    """What differs between two releases of the campaign."""
    campaign = visible(request, pk)
    before, after = _release(campaign, old), _release(campaign, new)
    context = {
        "campaign": campaign,
        "old": before,
        "new": after,
        "changes": compare(before.content, after.content),
    }
    return render(request, "campaigns/lifecycle/compare.html", context)
