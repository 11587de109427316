"""What staff must know, who has been told, and who has confirmed it."""

from briefings.models.draft import Briefing, BriefingQuestion
from briefings.models.reader import Clearance, Confirmation, Delivery, InboxItem
from briefings.models.version import BriefingVersion

__all__ = [
    "Briefing",
    "BriefingQuestion",
    "BriefingVersion",
    "Clearance",
    "Confirmation",
    "Delivery",
    "InboxItem",
]
