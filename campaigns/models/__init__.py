"""Records of the campaigns app, one module per topic."""

from campaigns.models.campaign import (
    Campaign,
    CampaignChannel,
    CampaignPartner,
    CampaignRegion,
    Flight,
    Goal,
    Theme,
)
from campaigns.models.message import ContentVersion, CoreMessage, Fact, FactValue, Variant
from campaigns.models.money import Allocation, Budget, BudgetRound
from campaigns.models.release import Decision, LaunchRecord, Release
from campaigns.models.review import PassageVerdict, Review, ReviewApproval

__all__ = [
    "Allocation",
    "Budget",
    "BudgetRound",
    "Campaign",
    "CampaignChannel",
    "CampaignPartner",
    "CampaignRegion",
    "ContentVersion",
    "CoreMessage",
    "Decision",
    "Fact",
    "FactValue",
    "Flight",
    "Goal",
    "LaunchRecord",
    "PassageVerdict",
    "Release",
    "Review",
    "ReviewApproval",
    "Theme",
    "Variant",
]
