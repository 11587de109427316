"""`python -m bench.desk.fill CAMPAIGNS QUESTIONS`: offers that can all be found, in bulk, then their index.

Unlike a company's, none of the campaigns is long over: three of five are live, the others are coming or have
just expired. Each runs in two of five regions and has a briefing for the service in both.
"""

import sys
import time
from datetime import timedelta
from typing import Any

import django

CODES = {"DE": "Deutschland", "AT": "Österreich", "CH": "Schweiz", "LU": "Luxemburg", "LI": "Liechtenstein"}
CHANNELS = ("Newsletter", "Anzeige", "Filiale", "Webshop", "Katalog")
CHUNK = 500
PASSWORD = "correct-horse-battery"


class Company:
    """Regions, the people who search, and the team that serves each region."""

    def __init__(self) -> None:
        from accounts.enums import Audience, Role
        from accounts.models import Region, RoleGrant, Team, User

        self.regions = [
            Region.objects.get_or_create(
                code=code,
                defaults={
                    "country": code,
                    "language": "de",
                    "timezone": "Europe/Berlin",
                    "currency": "EUR",
                    "name_de": name,
                    "name_en": name,
                },
            )[0]
            for code, name in CODES.items()
        ]
        self.owner = User.objects.create_user("owner@desk.example", PASSWORD, last_name="Moser")
        RoleGrant.objects.create(user=self.owner, role=Role.MARKETER)
        self.agent = self._person("agent@desk.example", Role.STAFF)
        self.everywhere = self._person("everywhere@desk.example", Role.STAFF)
        RoleGrant.objects.create(user=self.everywhere, role=Role.MANAGER)
        for name, regions, member in (
            ("One region", self.regions[:1], self.agent),
            ("All regions", self.regions, self.everywhere),
        ):
            team = Team.objects.create(name=name, audience=Audience.SERVICE)
            team.regions.set(regions)
            team.memberships.create(user=member)

    @staticmethod
    def _person(email: str, role: str) -> Any:
        from accounts.models import RoleGrant, User

        user = User.objects.create_user(email, PASSWORD, last_name=email, language="de")
        RoleGrant.objects.create(user=user, role=role)
        return user


class Maker:
    """Campaigns of one chunk after the other, with everything that the desk reads."""

    def __init__(self, company: Company, questions: int) -> None:
        from bench.desk.words import Texts

        self.company, self.questions, self.texts = company, questions, Texts()
        self.made = 0

    def chunk(self, number: int) -> None:
        """`number` campaigns with their regions, releases, launches, briefings and inboxes."""
        from campaigns.models import Campaign, CampaignRegion

        plans = [self._plan(self.made + at) for at in range(number)]
        self.made += number
        keep = ("name", "starts_on", "ends_on")
        campaigns = Campaign.objects.bulk_create(
            Campaign(owner=self.company.owner, **{name: plan[name] for name in keep}) for plan in plans
        )
        rows = CampaignRegion.objects.bulk_create(
            CampaignRegion(campaign=one, region=region, starts_on=one.starts_on, ends_on=one.ends_on)
            for one, plan in zip(campaigns, plans, strict=True)
            for region in plan["regions"]
        )
        found = list(zip(campaigns, plans, zip(rows[::2], rows[1::2], strict=True), strict=True))
        releases = self._releases(found)
        self._run(found, releases)
        self._brief(found, releases)

    def _plan(self, number: int) -> dict[str, Any]:
        today = django.utils.timezone.localdate()
        stage = ("live", "live", "live", "coming", "expired")[number % 5]
        first, last = {
            "live": (today - timedelta(days=10 + number % 50), today + timedelta(days=1 + number % 90)),
            "coming": (today + timedelta(days=1 + number % 60), today + timedelta(days=100)),
            "expired": (today - timedelta(days=60), today - timedelta(days=1 + number % 25)),
        }[stage]
        thing, name = self.texts.thing(), self.texts.name()
        start = number % 5
        regions = [self.company.regions[start], self.company.regions[(start + 1 + number % 3) % 5]]
        return {
            "stage": stage,
            "starts_on": first,
            "ends_on": last,
            "thing": thing,
            "called": name,
            "name": f"{thing} „{name}“ für {20 + number % 300} €",
            "code": self.texts.code(number),
            "price": 20 + number % 300,
            "regions": regions,
        }

    def _releases(self, found: list) -> list:
        from campaigns.models import Campaign, Release
        from campaigns.services.content import canonical_hash

        contents = [self._content(campaign, plan, rows) for campaign, plan, rows in found]
        releases = Release.objects.bulk_create(
            Release(
                campaign=campaign,
                number=1,
                content=content,
                content_hash=canonical_hash(content),
                approved_by=self.company.owner,
            )
            for (campaign, _plan, _rows), content in zip(found, contents, strict=True)
        )
        for release in releases:
            Campaign.objects.filter(pk=release.campaign_id).update(release=release, state="in_review")
        Campaign.objects.filter(releases__in=[one.pk for one in releases]).update(state="approved")
        return releases

    def _content(self, campaign: Any, plan: dict[str, Any], rows: tuple) -> dict[str, Any]:
        days = {"starts_on": plan["starts_on"].isoformat(), "ends_on": plan["ends_on"].isoformat()}
        codes = [row.region.code for row in rows]
        core = {"claim": plan["name"], "promise": self.texts.sentence(9), "proof": self.texts.sentence(9)}
        facts = [
            ("price", "Preis", "price", f"{plan['price']} €"),
            ("code", "Code", "code", plan["code"]),
            ("terms", "Bedingungen", "terms", self.texts.sentence(14)),
        ]
        shown = [
            {"key": key, "label": label, "kind": kind, "raw": {}, "shown": {"de": text, "en": text}}
            for key, label, kind, text in facts
        ]
        owner = {"id": self.company.owner.pk, "name": "Moser"}
        about = {"id": campaign.pk, "name": plan["name"], "purpose": "", "goal": "", "theme": ""}
        return {
            "campaign": about | {"owner": owner} | days,
            "core": core | {"language": "de"},
            "core_by_region": dict.fromkeys(codes, core),
            "regions": [_region(row) | days for row in rows],
            "channels": [_channel(at, name, codes) for at, name in enumerate(CHANNELS, 1)],
            "facts": [],
            "facts_by_region": dict.fromkeys(codes, shown),
            "variants": [self._variant(name, code) for code in codes for name in CHANNELS],
            "target_groups": [],
        }

    def _variant(self, channel: str, code: str) -> dict[str, Any]:
        headline, body = self.texts.sentence(4), self.texts.sentence(20)
        place = {"channel_code": channel.lower(), "region_code": code, "language": "de"}
        texts = {"headline": headline, "body": body, "shown_headline": headline, "shown_body": body}
        return {"id": 0} | place | texts

    def _run(self, found: list, releases: list) -> None:
        from django.db.models import OuterRef, Subquery
        from django.utils import timezone

        from campaigns.models import CampaignRegion, LaunchRecord

        started = [
            (row, release, plan["stage"])
            for (_campaign, plan, rows), release in zip(found, releases, strict=True)
            for row in rows
            if plan["stage"] != "coming"
        ]
        LaunchRecord.objects.bulk_create(
            LaunchRecord(campaign_region=row, release=release, kind="start", checks=[])
            for row, release, _stage in started
        )
        launch = LaunchRecord.objects.filter(campaign_region=OuterRef("pk"))
        launched = {"launch": Subquery(launch.values("pk")), "release": Subquery(launch.values("release"))}
        rows = CampaignRegion.objects.filter(pk__in=[row.pk for row, _release, _stage in started])
        rows.update(running="live", **launched)
        over = [row for row, _release, stage in started if stage == "expired"]
        for row in over:
            # By the clock, every seventh some days earlier by a person.
            ended = timezone.now() - (timezone.localdate() - row.ends_on) + timedelta(days=1)
            ended -= timedelta(days=3) if row.pk % 7 == 0 else timedelta()
            CampaignRegion.objects.filter(pk=row.pk).update(running="finished", ended_at=ended)

    def _brief(self, found: list, releases: list) -> None:
        from briefings.models import Briefing, BriefingVersion, InboxItem
        from campaigns.services.content import canonical_hash

        places = [
            (row, plan, release)
            for (_campaign, plan, rows), release in zip(found, releases, strict=True)
            for row in rows
        ]
        drafts = Briefing.objects.bulk_create(
            Briefing(
                campaign_id=row.campaign_id,
                campaign_region=row,
                audience="service",
                language="de",
                title=plan["name"],
                author=self.company.owner,
            )
            for row, plan, _release in places
        )
        contents = [self._briefing(plan) for _row, plan, _release in places]
        versions = BriefingVersion.objects.bulk_create(
            BriefingVersion(
                briefing=draft,
                number=1,
                release=release,
                content=content,
                content_hash=canonical_hash(content),
                asks_from=1,
                published_by=self.company.owner,
            )
            for draft, content, (_row, _plan, release) in zip(drafts, contents, places, strict=True)
        )
        for version, draft in zip(versions, drafts, strict=True):
            draft.current = version
        Briefing.objects.bulk_update(drafts, ["current"], batch_size=CHUNK)
        home = self.company.regions[0].pk
        InboxItem.objects.bulk_create(
            InboxItem(version=version, user=user)
            for version, (row, _plan, _release) in zip(versions, places, strict=True)
            for user in (self.company.everywhere, *([self.company.agent] if row.region_id == home else []))
        )

    def _briefing(self, plan: dict[str, Any]) -> dict[str, Any]:
        texts = ("offer", "say", "dont_say", "contact")
        return {
            "title": plan["name"],
            "texts": {part: self.texts.sentence(8) for part in texts},
            "questions": [self.texts.pair(plan["thing"], plan["called"]) for _one in range(self.questions)],
        }


def _region(row: Any) -> dict[str, Any]:
    kept = ("code", "name_de", "name_en", "timezone", "currency", "language")
    return {name: getattr(row.region, name) for name in kept} | {
        "id": row.pk,
        "region_id": row.region_id,
        "reviewed": {},
    }


def _channel(number: int, name: str, codes: list[str]) -> dict[str, Any]:
    named = {"code": name.lower(), "name_de": name, "name_en": name, "icon": "", "customer_facing": True}
    where = {"region_codes": codes, "flights": [], "expert": None}
    return named | where | {"id": number, "channel_id": number}


def main(campaigns: int, questions: int) -> None:
    """Fill the database and index it; prints seconds and sizes as JSON."""
    django.setup()
    import json

    from django.db import connection, transaction

    from desk.indexing import catch_up
    from desk.models import SearchEntry, SearchWord

    began = time.monotonic()
    maker = Maker(Company(), max(questions // (campaigns * 2), 1))
    while maker.made < campaigns:
        with transaction.atomic():
            maker.chunk(min(CHUNK, campaigns - maker.made))
    filled = time.monotonic()
    entries = catch_up()
    done = time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    told = {
        "filled": filled - began,
        "indexed": done - filled,
        "entries": entries,
        "words": SearchWord.objects.count(),
        "questions": maker.questions * campaigns * 2,
        "offers": SearchEntry.objects.filter(version__isnull=True).count(),
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
