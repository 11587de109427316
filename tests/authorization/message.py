"""Builders: the message of a campaign, its facts, variants and versions."""

from accounts.enums import Role
from campaigns.models import ContentVersion, CoreMessage, Fact, Variant
from tests.authorization.objects import Place, Target, builds, invited
from tests.factories import CampaignChannelFactory, CampaignFactory, marketer

READERS = (Role.REVIEWER, Role.PARTNER)
NOT_WRITING = (Role.EXPERT, Role.MANAGER, Role.ADMIN, *READERS)


def variant_in(place: Place) -> Variant:
    """A variant of a campaign that everybody who may sees; whoever is an expert there is named for it."""
    campaign = CampaignFactory(in_regions=[place.region], owner=marketer(), shared_at="2026-09-01T08:00Z")
    invited(place, campaign)
    named = {"expert": place.user} if place.mine and place.role == Role.EXPERT else {}
    CoreMessage.objects.create(campaign=campaign, claim="Raus")
    return Variant.objects.create(
        campaign=campaign,
        campaign_channel=CampaignChannelFactory(campaign=campaign, **named),
        campaign_region=campaign.regions.get(),
        language="de",
        body="Raus",
    )


@builds("campaigns:message")
def message_page(place: Place) -> Target:
    return Target({"pk": variant_in(place).campaign_id})


@builds("campaigns:core_edit", "campaigns:variants_new")
def writing(place: Place) -> Target:
    return Target({"pk": variant_in(place).campaign_id}, post=200, forbidden=NOT_WRITING)


@builds("campaigns:fact_new")
def new_fact(place: Place) -> Target:
    campaign = variant_in(place).campaign_id
    return Target({"pk": campaign}, query="?kind=text", post=200, forbidden=NOT_WRITING)


def fact_in(place: Place) -> dict[str, int]:
    campaign = variant_in(place).campaign
    fact = Fact.objects.create(campaign=campaign, key="code", kind="code", label="Code")
    return {"pk": campaign.pk, "fact_pk": fact.pk}


@builds("campaigns:fact_edit")
def fact(place: Place) -> Target:
    return Target(fact_in(place), post=200, forbidden=NOT_WRITING)


@builds("campaigns:fact_delete")
def fact_to_delete(place: Place) -> Target:
    return Target(fact_in(place), {"version": "1"}, forbidden=NOT_WRITING)


@builds("campaigns:variant_edit", "campaigns:variant_preview")
def variant(place: Place) -> Target:
    made = variant_in(place)
    forbidden = (Role.MANAGER, Role.ADMIN, *READERS)
    return Target({"pk": made.campaign_id, "variant_pk": made.pk}, post=200, forbidden=forbidden)


@builds("campaigns:variant_confirm")
def variant_to_confirm(place: Place) -> Target:
    """409: what the expert says he saw is not what stands there."""
    made = variant_in(place)
    forbidden = (Role.MARKETER, Role.MANAGER, Role.ADMIN, *READERS)
    return Target({"pk": made.campaign_id, "variant_pk": made.pk}, post=409, forbidden=forbidden)


@builds("campaigns:message_versions")
def versions(place: Place) -> Target:
    made = variant_in(place)
    ContentVersion.objects.create(
        campaign_id=made.campaign_id,
        kind="variant",
        object_id=made.pk,
        number=1,
        content={"headline": "", "body": "Raus"},
        content_hash="x",
        author=made.campaign.owner,
    )
    return Target({"pk": made.campaign_id, "kind": "variant", "object_id": made.pk})
