"""Which pages are opened, by whom, and what is aimed at."""

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from django.db.models import Count
from django.urls import reverse
from django.utils import timezone

from bench.pages.people import Reader, front, marketers, signed_in
from campaigns.models import Campaign, CampaignChannel, CampaignRegion
from campaigns.querysets import CampaignQuerySet

LIST_RATIO, LIST_GROWTH, LIST_QUERIES, CAMPAIGN_QUERIES = 2.0, 1.2, 6, 12


@dataclass(frozen=True)
class Case:
    """A page as one person opens it."""

    name: str
    reader: Reader
    path: str
    ratio: float | None = None
    growth: float | None = None
    queries: int | None = None


def cases() -> list[Case]:
    """Every case on this database."""
    everywhere, single = marketers()
    found: list[Case] = []
    for who, user in (("everywhere", everywhere), ("one region", single)):
        reader = signed_in(user)
        found += _lists(who, reader) + _others(who, reader)
    return found + _staff()


def _lists(who: str, reader: Reader) -> list[Case]:
    address = reverse("campaigns:list")
    aims = {"ratio": LIST_RATIO, "growth": LIST_GROWTH, "queries": LIST_QUERIES}
    return [
        Case(f"list, {name} ({who})", reader, f"{address}?{urlencode(chosen)}", **aims)
        for name, chosen in _filters(reader).items()
    ]


def _filters(reader: Reader) -> dict[str, dict[str, str]]:
    """What is chosen on the list; regions and channels are the ones with most and fewest campaigns."""
    today = timezone.localdate()
    region, channel = _most(CampaignRegion, "region"), _most(CampaignChannel, "channel")
    rare = _most(CampaignChannel, "channel", "number")
    period = {"starts": str(today - timedelta(days=900)), "ends": str(today - timedelta(days=400))}
    rights = reader.user.rights
    own = next(iter(rights.regions("marketer") or ()), None)
    longer = {"region": own or region, "channel": channel, "starts": str(today - timedelta(days=1500))}
    combined = {"phase": "evaluated", "region": own or region, "channel": channel, **period}
    return {
        "first page": {},
        "last page": {"last": "1"},
        "state live": {"phase": "live"},
        "state evaluated": {"phase": "evaluated"},
        "region": {"region": region},
        "channel": {"channel": channel},
        "rarest channel": {"channel": rare},
        "mine": {"owner": "me"},
        "period": period,
        "search, frequent word": {"text": "kissen"},
        "search, two words": {"text": "winter zelt"},
        "search, one campaign": {"text": _one_of(Campaign.objects.visible_to(reader.user))},
        "three filters": longer,
        "three filters, last page": {**longer, "last": "1"},
        "four filters": combined,
        "four filters, last page": {**combined, "last": "1"},
        "four filters and search": {**combined, "text": "kissen"},
    }


def _one_of(campaigns: CampaignQuerySet) -> str:
    """The name of a campaign from the middle of all times; the names of the demo are unique."""
    return campaigns.order_by("starts_on", "pk")[campaigns.count() // 2].name


def _most(model: type, field: str, order: str = "-number") -> int:
    counted = model.objects.order_by().values_list(field).annotate(number=Count("pk"))
    return counted.order_by(order, field)[0][0]


def _others(who: str, reader: Reader) -> list[Case]:
    newest = Campaign.objects.visible_to(reader.user).filter(phase="live").order_by("-starts_on", "-pk")[0]
    page = reverse("campaigns:detail", args=[newest.pk])
    return [
        Case(f"campaign page ({who})", reader, page, queries=CAMPAIGN_QUERIES),
        Case(f"home ({who})", reader, reverse("home")),
    ]


def _staff() -> list[Case]:
    user, briefing = front()
    reader = signed_in(user)
    return [
        Case("reading page (staff)", reader, reverse("briefings:read", args=[briefing])),
        Case("inbox (staff)", reader, reverse("briefings:inbox")),
        Case("running now (staff)", reader, reverse("desk:now")),
        Case("home (staff)", reader, reverse("home")),
    ]
