"""A campaign with all its parts, each read once: what checks, snapshots and pages work on."""

from collections.abc import Callable
from functools import cached_property
from typing import Any, TypeVar

from campaigns.models import (
    Budget,
    BudgetRound,
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

T = TypeVar("T")


class Dossier:
    """Lazy, read-once access to the parts of one campaign; throw it away after a write."""

    def __init__(self, campaign: Campaign) -> None:
        self.campaign = campaign
        self._kept: dict[str, Any] = {}

    @cached_property
    def regions(self) -> list[CampaignRegion]:
        found = self.campaign.regions.select_related("region", "release", "launch").order_by("region__code")
        return self._back(found)

    @cached_property
    def channels(self) -> list[CampaignChannel]:
        found = self.campaign.channels.select_related("channel", "expert", "allocation")
        return self._back(found.prefetch_related("flights__dayparts", "regions"))

    @cached_property
    def budget(self) -> Budget | None:
        found = Budget.objects.filter(campaign=self.campaign).first()
        if found:
            found.campaign = self.campaign
        return found

    @cached_property
    def budget_round(self) -> BudgetRound | None:
        """The newest round of the budget."""
        rounds = BudgetRound.objects.filter(budget__campaign=self.campaign)
        return rounds.select_related("by").order_by("-number").first()

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
            .select_related("reviewer", "invited_by", "campaign_region__region")
            .with_standing()
            .order_by("campaign_region__region__code", "language")
        )

    @cached_property
    def release(self) -> Release | None:
        return self.campaign.release

    @cached_property
    def versions(self) -> list[ContentVersion]:
        return list(self.campaign.content_versions.select_related("author"))

    def once(self, key: str, compute: Callable[[], T]) -> T:
        """What `compute` gives, asked only once per dossier: for checks that run per region."""
        if key not in self._kept:
            self._kept[key] = compute()
        return self._kept[key]

    def _back(self, found: "object") -> list:
        rows = list(found)  # type: ignore[call-overload]
        for row in rows:
            row.campaign = self.campaign
        return rows
