"""Records of the campaigns app, one module per topic."""

from campaigns.models.campaign import Campaign, CampaignChannel, CampaignRegion
from campaigns.models.decision import Decision, SignOff
from campaigns.models.flight import Daypart, Flight, FlightRemoval
from campaigns.models.imports import PlanImport
from campaigns.models.message import ContentVersion, CoreMessage, Fact, FactValue, Variant
from campaigns.models.money import Allocation, AllocationChange, ApprovalLimit, Budget, BudgetRound
from campaigns.models.partner import CampaignPartner, Contribution, PartnerReader
from campaigns.models.release import LaunchRecord, Release
from campaigns.models.review import PassageVerdict, Review, ReviewApproval
from campaigns.models.scenario import Scenario, ScenarioLine
from campaigns.models.sharing import ShareLink
from campaigns.models.spending import Commitment, CommitmentEnd, Expense, SpendingImport
from campaigns.models.stage import CheckpointDecision, Stage, StageRegion
from campaigns.models.strategy import Duty, Goal, Milestone, Strategy, Theme, ThemeComment, ThemeVote
from campaigns.models.template import CampaignOrigin, CampaignTemplate
from campaigns.models.touchpoint import LeftOut
from campaigns.models.views import CalendarFeed, SavedView

__all__ = [
    "Allocation",
    "AllocationChange",
    "ApprovalLimit",
    "Budget",
    "BudgetRound",
    "CalendarFeed",
    "Campaign",
    "CampaignChannel",
    "CampaignOrigin",
    "CampaignPartner",
    "CampaignRegion",
    "CampaignTemplate",
    "CheckpointDecision",
    "Commitment",
    "CommitmentEnd",
    "ContentVersion",
    "Contribution",
    "CoreMessage",
    "Daypart",
    "Decision",
    "Duty",
    "Expense",
    "Fact",
    "FactValue",
    "Flight",
    "FlightRemoval",
    "Goal",
    "LaunchRecord",
    "LeftOut",
    "Milestone",
    "PartnerReader",
    "PassageVerdict",
    "PlanImport",
    "Release",
    "Review",
    "ReviewApproval",
    "SavedView",
    "Scenario",
    "ScenarioLine",
    "ShareLink",
    "SignOff",
    "SpendingImport",
    "Stage",
    "StageRegion",
    "Strategy",
    "Theme",
    "ThemeComment",
    "ThemeVote",
    "Variant",
]
