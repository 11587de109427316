"""What a campaign of the benchmark published: its release, its briefings, and who got and confirmed them."""

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings

from accounts.enums import Audience
from briefings.enums import Part
from campaigns.enums import Phase
from campaigns.services.content import CORE_FIELDS, canonical_hash
from core.delivery.models import mail_domain
from dashboard.demo.bulk import words
from dashboard.demo.bulk.sheets import text

if TYPE_CHECKING:
    from dashboard.demo.bulk.rows import Maker, Place

Json = dict[str, Any]
IN_FORCE = (Phase.APPROVED, Phase.LIVE, Phase.PAUSED)
# Of campaigns that are over, only so many inboxes per briefing were kept.
KEPT_INBOXES = 2


def release(maker: "Maker") -> Json:
    """As campaigns.services.snapshot.build of the same campaign."""
    days = {"starts_on": maker.first.isoformat(), "ends_on": maker.last.isoformat()}
    purpose = f"{maker.thing} für alle, die bei jedem Wetter rausgehen."
    about = {"id": maker.id, "name": maker.name, "purpose": purpose, "goal": "", "theme": ""}
    owner = {"owner": {"id": maker.owner[0], "name": maker.owner[1]}}
    group = dict(zip(("id", "name_de", "name_en"), maker.group, strict=True))
    return {
        "campaign": about | owner | days,
        "core": maker.core,
        "core_by_region": {
            place.region.code: {name: place.says(maker.core[name]) for name in CORE_FIELDS}
            for place in maker.places
        },
        "regions": [_region(maker, place) | days for place in maker.places],
        "channels": _channels(maker, days),
        "facts": [{"key": "price", "label": "Preis", "kind": "price", "values": _values(maker)}],
        "facts_by_region": {place.region.code: [_fact(place)] for place in maker.places},
        "variants": _variants(maker),
        "target_groups": [group],
    }


def _region(maker: "Maker", place: "Place") -> Json:
    region = place.region
    kept = ("code", "name_de", "name_en", "timezone", "currency", "language")
    return {name: getattr(region, name) for name in kept} | {
        "id": place.id,
        "region_id": region.pk,
        "reviewed": {region.language: maker.reviewed[place.id]},
    }


def _channels(maker: "Maker", days: Json) -> list[Json]:
    codes = [place.region.code for place in maker.places]
    kept = ("code", "name_de", "name_en", "icon", "customer_facing")
    return [
        {name: getattr(line.channel, name) for name in kept}
        | {
            "id": line.id,
            "channel_id": line.channel.pk,
            "expert": {"id": line.expert[0], "name": line.expert[1]},
            "region_codes": codes,
            "flights": [days],
        }
        for line in maker.lines
    ]


def _values(maker: "Maker") -> Json:
    default = maker.prices["EUR"]
    own = {place.region.code: place.price for place in maker.places if place.price is not default}
    return {"": default} | own


def _fact(place: "Place") -> Json:
    return {"key": "price", "label": "Preis", "kind": "price", "raw": place.price, "shown": place.shown}


def _variants(maker: "Maker") -> list[Json]:
    found = []
    for place in maker.places:
        for line in maker.lines:
            pk, headline, body = maker.said[line.id, place.id]
            found.append(
                {
                    "id": pk,
                    "channel_code": line.channel.code,
                    "region_code": place.region.code,
                    "language": place.region.language,
                    "headline": headline,
                    "body": body,
                    "shown_headline": place.says(headline),
                    "shown_body": place.says(body),
                }
            )
    return found


def briefing(maker: "Maker", place: "Place") -> None:
    """The service's briefing of a region, with an inbox row, a mail and a confirmation for each person."""
    language, tables = place.region.language, maker.tables
    title, offer = maker.name, words.CLAIMS[language].format(thing=maker.thing)
    at = (maker.first - timedelta(days=12)).isoformat()
    pk = tables.briefings.add(
        maker.id,
        place.id,
        Audience.SERVICE.value,
        language,
        title,
        offer,
        words.SAY[language],
        maker.owner[1],
        maker.owner[0],
        tables.published.next_id(),
        f"{at} 09:00:00",
    )
    content = _content(maker, place, title, offer)
    version = tables.published.add(
        pk, maker.release, text(content), canonical_hash(content), maker.owner[0], f"{at} 09:00:00"
    )
    _hand_out(maker, place, version, at)


def _content(maker: "Maker", place: "Place", title: str, offer: str) -> Json:
    """As briefings.services.content.build."""
    language, region = place.region.language, place.region
    texts = dict.fromkeys(Part.values, "") | {
        "offer": place.says(offer),
        "say": words.SAY[language],
        "contact": maker.owner[1],
    }
    return {
        "title": title,
        "texts": texts,
        "questions": [],
        "period": {"starts_on": maker.first.isoformat(), "ends_on": maker.last.isoformat()},
        "facts": [{"key": "price", "label": "Preis", "kind": "price", "text": place.shown[language]}],
        "claim": place.says(maker.core["claim"], language),
        "channels": _shown_channels(maker, place),
        "campaign": maker.content["campaign"],
        "region": {"code": region.code, "name_de": region.name_de, "name_en": region.name_en},
        "audience": Audience.SERVICE.value,
        "language": language,
    }


def _shown_channels(maker: "Maker", place: "Place") -> list[Json]:
    shown = []
    for line, channel in zip(maker.lines, maker.content["channels"], strict=True):
        _pk, headline, body = maker.said[line.id, place.id]
        kept = ("code", "name_de", "name_en", "icon", "preview", "flights")
        said = {"headline": place.says(headline), "body": place.says(body)}
        shown.append({name: channel.get(name, "") for name in kept} | said)
    return shown


def _hand_out(maker: "Maker", place: "Place", version: int, day: str) -> None:
    people = maker.staff.entitled[Audience.SERVICE.value, place.region.pk]
    if maker.phase not in IN_FORCE:
        people = maker.chance.sample(people, min(KEPT_INBOXES, len(people)))
    out, seen = f"{day} 09:00:00", f"{day} 11:00:00"
    tables = maker.tables
    for place_in_line, user in enumerate(people):
        # Of what has not started yet, every fifth has not read his briefing.
        waits = maker.phase == Phase.APPROVED and place_in_line % 5 == 0
        tables.inboxes.add(version, user, out, None if waits else seen)
        tables.deliveries.add(version, user, out, message_id(version, user), out, out, out)
        if not waits:
            tables.confirmations.add(version, user, seen)


def message_id(version: int, user: int) -> str:
    """As core.delivery.models.DeliveryBase.fill_message_id."""
    named = f"{settings.SITE_URL}|briefings.delivery|{version}|{user}|mail"
    digest = hashlib.sha256(named.encode()).hexdigest()[:32]
    return f"<ek-delivery-{digest}@{mail_domain()}>"
