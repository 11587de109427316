"""A campaign with all its parts, each read once: what checks, snapshots and pages work on."""

from functools import cached_property

from campaigns.models import (
    Campaign,
    CampaignChannel,
    CampaignRegion,
    ContentVersion,
    CoreMessage,
    Fact,
    Release,
    Review,
    Variant,
)


class Dossier:
    """Lazy, read-once access to the parts of one campaign; throw it away after a write."""

    def __init__(self, campaign: Campaign) -> None:
        self.campaign = campaign

    @cached_property
    def regions(self) -> list[CampaignRegion]:
        found = self.campaign.regions.select_related("region", "release", "launch").order_by("region__code")
        return self._back(found)

    @cached_property
    def channels(self) -> list[CampaignChannel]:
        found = self.campaign.channels.select_related("channel", "expert", "allocation")
        return self._back(found.prefetch_related("flights", "regions"))

    @cached_property
    def core(self) -> CoreMessage | None:
        return CoreMessage.objects.filter(campaign=self.campaign).first()

    @cached_property
    def facts(self) -> list[Fact]:
        return self._back(self.campaign.facts.prefetch_related("values"))

    @cached_property
    def variants(self) -> list[Variant]:
        return self._back(self.campaign.variants.select_related("confirmed_by").order_by("id"))

    @cached_property
    def reviews(self) -> list[Review]:
        return list(
            Review.objects.filter(campaign_region__campaign=self.campaign)
            .select_related("reviewer", "campaign_region__region")
            .order_by("campaign_region__region__code", "language")
        )

    @cached_property
    def release(self) -> Release | None:
        return self.campaign.release

    @cached_property
    def versions(self) -> list[ContentVersion]:
        return list(self.campaign.content_versions.select_related("author"))

    def _back(self, found: "object") -> list:
        rows = list(found)  # type: ignore[call-overload]
        for row in rows:
            row.campaign = self.campaign
        return rows
