"""What staff must know, who has been told, and who has confirmed it."""

from briefings.models.asked import AskedQuestion, AskedState
from briefings.models.check import CheckAnswer
from briefings.models.draft import Briefing, BriefingQuestion
from briefings.models.reader import Clearance, Confirmation, Delivery, InboxItem
from briefings.models.template import BriefingTemplate
from briefings.models.training import Refresher, TrainingRhythm
from briefings.models.version import BriefingVersion

__all__ = [
    "AskedQuestion",
    "AskedState",
    "Briefing",
    "BriefingQuestion",
    "BriefingTemplate",
    "BriefingVersion",
    "CheckAnswer",
    "Clearance",
    "Confirmation",
    "Delivery",
    "InboxItem",
    "Refresher",
    "TrainingRhythm",
]
