"""Campaigns further on in their life, by the shortest way that the database allows."""

from datetime import date, datetime

from django.db import transaction

from accounts.enums import Role
from campaigns.enums import LaunchKind, Preparation, Running
from campaigns.models import Campaign, CampaignRegion, LaunchRecord, Release
from campaigns.services import snapshot
from campaigns.services.content import canonical_hash
from campaigns.services.dossier import Dossier
from campaigns.services.transitions import sync_phase
from tests.factories import CampaignFactory, RegionFactory, UserFactory, manager

FIRST, LAST = date(2026, 9, 21), date(2026, 10, 31)
ZONES = {"DE": "Europe/Berlin", "AT": "Europe/Vienna", "CH": "Europe/Zurich", "UK": "Europe/London"}
CURRENCIES = {"CH": "CHF", "UK": "GBP"}


def region_of(code: str, **kwargs):
    """One of the four regions of the demo company, made once."""
    kwargs = {"timezone": ZONES.get(code, "Europe/Berlin"), "currency": CURRENCIES.get(code, "EUR")} | kwargs
    return RegionFactory(code=code, language="en" if code == "UK" else "de", **kwargs)


def draft(*codes: str, **kwargs) -> Campaign:
    """A draft over FIRST to LAST in the regions with these codes (AT when none is named)."""
    regions = [region_of(code) for code in codes or ("AT",)]
    return CampaignFactory(in_regions=regions, starts_on=FIRST, ends_on=LAST, **kwargs)


@transaction.atomic
def fix_release(campaign: Campaign, *, by=None) -> Release:
    """Fix a release of the campaign as it is, past the approval checks; the state becomes approved."""
    campaign = Campaign.objects.get(pk=campaign.pk)
    content = snapshot.build(Dossier(campaign))
    release = Release.objects.create(
        campaign=campaign,
        number=campaign.releases.count() + 1,
        content=content,
        content_hash=canonical_hash(content),
        approved_by=by or manager(),
    )
    if campaign.state == Preparation.DRAFT:
        Campaign.objects.filter(pk=campaign.pk).update(state=Preparation.IN_REVIEW)
    Campaign.objects.filter(pk=campaign.pk).update(state=Preparation.APPROVED, release=release)
    campaign.refresh_from_db()
    sync_phase(campaign)
    return release


def approved(*codes: str, **kwargs) -> Campaign:
    """An approved campaign with its first release; nothing runs."""
    campaign = draft(*codes, **kwargs)
    fix_release(campaign)
    campaign.refresh_from_db()
    return campaign


@transaction.atomic
def run_region(region: CampaignRegion, *, running: str = Running.LIVE) -> CampaignRegion:
    """Let a region of an approved campaign run, past the gate, with a launch record as the database wants."""
    release = Campaign.objects.get(pk=region.campaign_id).release
    launch = LaunchRecord.objects.create(
        campaign_region=region, release=release, kind=LaunchKind.START, checks=[]
    )
    rows = CampaignRegion.objects.filter(pk=region.pk)
    rows.update(running=Running.LIVE, launch=launch, release=release)
    if running != Running.LIVE:
        rows.update(running=running)
    region.refresh_from_db()
    sync_phase(Campaign.objects.get(pk=region.campaign_id))
    return region


def live(*codes: str, **kwargs) -> Campaign:
    """A campaign that is live in all its regions."""
    campaign = approved(*codes, **kwargs)
    for region in campaign.regions.all():
        run_region(region)
    campaign.refresh_from_db()
    return campaign


def manager_in(*regions, **kwargs):
    """A manager of some regions only."""
    return UserFactory(roles_in={region: [Role.MANAGER] for region in regions}, **kwargs)


def at(text: str) -> datetime:
    """An instant from ISO text such as "2026-09-20T22:00+00:00"."""
    return datetime.fromisoformat(text)
