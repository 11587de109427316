"""Campaigns in the states that the pages of their life are about."""

from django.utils import timezone

from campaigns.models import Campaign, CampaignRegion, Review
from tests.authorization.objects import Place, Target, builds, invited
from tests.factories import CampaignFactory, marketer
from tests.factories.lifecycle import fix_release, run_region


def campaign_in(place: Place, *, owned: bool = False) -> Campaign:
    """A draft in the place's region that runs around today; `owned` by the person who asks, if it is his."""
    today = timezone.now().date()
    owner = place.user if owned and place.mine else marketer()
    return CampaignFactory(
        owner=owner,
        starts_on=today.replace(day=1),
        ends_on=today.replace(year=today.year + 1, day=28),
        in_regions=[place.region],
    )


def live_region(place: Place, *, owned: bool = False) -> CampaignRegion:
    campaign = campaign_in(place, owned=owned)
    fix_release(campaign)
    return run_region(campaign.regions.get())


READ = ("campaigns:gate", "campaigns:releases")


@builds(*READ)
def for_reading(place: Place) -> Target:
    campaign = campaign_in(place)
    Campaign.objects.filter(pk=campaign.pk).update(shared_at=timezone.now())
    return _reachable(place, Target({"pk": campaign.pk}), campaign)


def _reachable(place: Place, target: Target, campaign: Campaign) -> Target:
    """Made visible for partners, too."""
    invited(place, campaign)
    return target


@builds("campaigns:release")
def release(place: Place) -> Target:
    campaign = live_region(place).campaign
    Campaign.objects.filter(pk=campaign.pk).update(shared_at=timezone.now())
    return _reachable(place, Target({"pk": campaign.pk, "number": 1}), campaign)


@builds("campaigns:release_compare")
def release_compare(place: Place) -> Target:
    campaign = live_region(place).campaign
    Campaign.objects.filter(pk=campaign.pk).update(shared_at=timezone.now())
    return _reachable(place, Target({"pk": campaign.pk, "old": 1, "new": 1}), campaign)


@builds("campaigns:step")
def step(place: Place) -> Target:
    campaign = campaign_in(place, owned=True)
    Campaign.objects.filter(pk=campaign.pk).update(shared_at=timezone.now())
    Review.objects.create(
        campaign_region=campaign.regions.get(),
        language=place.region.language,
        reviewer=campaign.owner,
        invited_at=timezone.now(),
    )
    return Target({"pk": campaign.pk, "move": "submit"})


@builds("campaigns:region_step")
def region_step(place: Place) -> Target:
    region = live_region(place, owned=True)
    return Target({"pk": region.campaign_id, "region_pk": region.pk, "move": "pause"}, {"reason": "Price"})


@builds("campaigns:approve")
def approve(place: Place) -> Target:
    campaign = campaign_in(place)
    Campaign.objects.filter(pk=campaign.pk).update(state="in_review")
    return Target({"pk": campaign.pk}, {"seen": "another content"}, post=409)


@builds("campaigns:waive")
def waive(place: Place) -> Target:
    region = live_region(place)
    return Target(
        {"pk": region.campaign_id, "region_pk": region.pk},
        {f"waive-{region.pk}-reason": "Holiday"},
        post=409,
    )


@builds("campaigns:confirm_share")
def confirm_share(place: Place) -> Target:
    return Target({"pk": campaign_in(place).pk}, {"share": "90", "reason": "A small pilot"})
