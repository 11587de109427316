"""One offer in full: its releases, its channels as customers see them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from accounts.enums import Audience
from campaigns.models import LaunchRecord, Release
from campaigns.services.content import pieces
from campaigns.services.flight_rows import entry_words
from campaigns.views.cards import Words
from channels.enums import Preview
from channels.models import Channel
from core import formats
from desk.offers import Offer


@dataclass(frozen=True)
class Seen:
    """A channel in the region with its days, and its texts (one per language) as customers see them."""

    name: str
    icon: str
    flights: list[str]
    texts: list[Words]

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class OfferPage:
    """What the page of an offer shows."""

    offer: Offer
    current_id: int
    releases: list[Release]

    @classmethod
    def of(cls, offer: Offer) -> "OfferPage":
        """The page at the release in force, with all that were ever in force in the region (newest first)."""
        launched = LaunchRecord.objects.filter(campaign_region=offer.row).values("release")
        known = Release.objects.filter(Q(pk=offer.release_id) | Q(pk__in=launched)).order_by("-number")
        return cls(offer, offer.release_id, list(known.only("pk", "number", "approved_at")))

    def at(self, offer: Offer) -> "OfferPage":
        """The same page at another release."""
        return OfferPage(offer, self.current_id, self.releases)

    def release_numbered(self, number: str) -> Release | None:
        """The release with this number, the one in force for an empty one; None when there is none."""
        wanted = [one for one in self.releases if str(one.number) == number or not number]
        in_force = [one for one in wanted if one.pk == self.current_id]
        return next(iter(in_force or wanted), None)

    @property
    def is_old(self) -> bool:
        return self.offer.release_id != self.current_id

    @property
    def release(self) -> Release:
        return next(one for one in self.releases if one.pk == self.offer.release_id)

    @property
    def briefings(self) -> list[tuple[int, str, bool]]:
        """(id, audience in words, confirmed) of the person's briefings about it."""
        return [
            (one.briefing_id, Audience(one.audience).label, one.confirmed) for one in self.offer.briefings
        ]

    @property
    def channels(self) -> list[Seen]:
        """The channels that carry it in the region, with what customers get there (two queries)."""
        content = Release.objects.values_list("content", flat=True).get(pk=self.offer.release_id)
        code = self.offer.entry["code"]
        carried = [one for one in content["channels"] if code in one["region_codes"]]
        kinds = dict(
            Channel.objects.filter(pk__in=[one["channel_id"] for one in carried]).values_list("pk", "preview")
        )
        return [self._seen(content, one, kinds) for one in carried]

    def _seen(self, content: dict[str, Any], channel: dict[str, Any], kinds: Mapping[int, str]) -> Seen:
        kind = kinds.get(channel["channel_id"], Preview.PAGE)
        place = channel["code"], self.offer.entry["code"]
        texts = [
            self._words(kind, variant)
            for variant in content["variants"]
            if (variant["channel_code"], variant["region_code"]) == place
        ]
        name = channel["name_de"] if formats.language() == "de" else channel["name_en"]
        return Seen(name, channel["icon"], [entry_words(flight) for flight in channel["flights"]], texts)

    def _words(self, kind: str, variant: dict[str, str]) -> Words:
        facts = self.offer.content["facts_by_region"].get(self.offer.entry["code"], [])
        values = {fact["key"]: fact["shown"].get(variant["language"], "") for fact in facts}
        return Words(
            kind=kind,
            headline=pieces(variant["headline"], values),
            body=pieces(variant["body"], values),
            language=variant["language"],
        )
