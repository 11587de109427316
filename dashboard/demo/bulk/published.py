"""What a campaign of the benchmark published: its release, its briefings, and who got and confirmed them."""

import hashlib
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from django.conf import settings

from accounts.enums import Audience
from briefings.models import Briefing
from briefings.services.content import build
from campaigns.enums import Phase
from campaigns.models import CampaignRegion
from campaigns.services.content import CORE_FIELDS
from core.delivery.models import mail_domain
from dashboard.demo.bulk import words
from dashboard.demo.bulk.sheets import sealed

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
    language, tables, author = place.region.language, maker.tables, maker.owner[0]
    said = {
        "title": maker.name,
        "offer": words.CLAIMS[language].format(thing=maker.thing),
        "say": words.SAY[language],
        "contact": maker.owner[1],
    }
    day = (maker.first - timedelta(days=12)).isoformat()
    at, whom = f"{day} 09:00:00", (Audience.SERVICE.value, language)
    number = tables.published.next_id()
    pk = tables.briefings.add(maker.id, place.id, *whom, *said.values(), author, number, at)
    reach = CampaignRegion(region=place.region)
    draft = Briefing(campaign_region=reach, audience=whom[0], language=language, **said)
    content = build(draft, maker.content, questions=())
    version = tables.published.add(pk, maker.release, *sealed(content), author, at)
    _hand_out(maker, place, version, day)


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
    return f"<ek-delivery-{digest}@{_domain()}>"


_domain = cache(mail_domain)
