"""The words of a campaign's life; tone and icon stand beside them or in tones.py."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from campaigns import tones
from core.ui import Look, ToneChoices


class Preparation(ToneChoices):
    """State of the working copy."""

    DRAFT = "draft", _("Draft")
    IN_REVIEW = "in_review", _("In review")
    APPROVED = "approved", _("Approved")
    CANCELLED = "cancelled", _("Cancelled")
    EVALUATED = "evaluated", _("Evaluated")

    __tones__ = tones.PREPARATION


class Running(ToneChoices):
    """State of one region of a campaign."""

    WAITING = "waiting", _("Not started")
    LIVE = "live", _("Live")
    PAUSED = "paused", _("Paused")
    FINISHED = "finished", _("Finished")

    __tones__ = tones.RUNNING


class Phase(ToneChoices):
    """What a list shows: preparation and running of all regions in one word."""

    DRAFT = "draft", _("Draft")
    IN_REVIEW = "in_review", _("In review")
    APPROVED = "approved", _("Approved")
    LIVE = "live", _("Live")
    PAUSED = "paused", _("Paused")
    FINISHED = "finished", _("Finished")
    EVALUATED = "evaluated", _("Evaluated")
    CANCELLED = "cancelled", _("Cancelled")

    __tones__ = tones.PHASE


class RoundKind(ToneChoices):
    PROPOSAL = "proposal", _("Proposal")
    APPROVAL = "approval", _("Approval")
    REJECTION = "rejection", _("Rejection")
    COUNTER = "counter", _("Counter-proposal")
    ACCEPTANCE = "acceptance", _("Accepted")

    __tones__ = tones.ROUND


class CommitmentState(ToneChoices):
    """What has become of a promise; derived from its expenses and its end."""

    OPEN = "open", pgettext_lazy("money", "Open")
    SETTLED = "settled", _("Settled by invoices")
    CLOSED = "closed", pgettext_lazy("money", "Closed")
    CORRECTED = "corrected", _("Corrected")

    __tones__ = tones.COMMITMENT


class EndKind(models.TextChoices):
    CLOSED = "closed", pgettext_lazy("money", "Closed")
    CORRECTED = "corrected", _("Corrected")


class CostKind(models.TextChoices):
    COMMITMENT = "commitments", _("Commitments")
    EXPENSE = "expenses", _("Expenses")


class FactKind(models.TextChoices):
    PRODUCT = "product", _("Product")
    PRICE = "price", _("Price")
    DISCOUNT = "discount", _("Discount")
    DATE = "date", _("Date")
    TERMS = "terms", _("Terms")
    CODE = "code", _("Code")
    LINK = "link", _("Link")
    TEXT = "text", _("Text")


class VariantState(ToneChoices):
    DRAFT = "draft", _("Draft")
    CONFIRMED = "confirmed", _("Confirmed")
    OUTDATED = "outdated", _("Out of date")

    __tones__ = tones.VARIANT


class Content(models.TextChoices):
    """What a content version is a version of."""

    CORE = "core", _("Core message")
    FACT = "fact", _("Offer fact")
    VARIANT = "variant", _("Channel variant")


class Verdict(ToneChoices):
    """What a reviewer says about a passage."""

    CLEAR = "clear", _("Clear")
    UNCLEAR = "unclear", _("Unclear")
    WRONG = "wrong", _("Wrong")
    OFFENSIVE = "offensive", _("Offensive")

    __tones__ = {
        "clear": Look("good", "check-lg"),
        "unclear": Look("care", "question-lg"),
        "wrong": Look("stop", "x-lg"),
        "offensive": Look("stop", "exclamation-octagon"),
    }


class ReviewState(ToneChoices):
    """How far the review of a region and language is."""

    INVITED = "invited", _("Invited")
    IN_WORK = "in_work", _("In work")
    OBJECTED = "objected", _("Not clear")
    APPROVED = "approved", _("Approved")
    ASKED_AGAIN = "asked_again", _("Asked again")

    __tones__ = {
        "invited": Look("neutral", "envelope"),
        "in_work": Look("move", "eye"),
        "objected": Look("stop", "chat-left-quote"),
        "approved": Look("good", "check-circle"),
        "asked_again": Look("care", "arrow-repeat"),
    }


class PassageState(ToneChoices):
    """Where a passage stands: `objected` and `clear` only for exactly the words as they are now."""

    OPEN = "open", _("Not answered yet")
    CLEAR = "clear", _("Clear")
    OBJECTED = "objected", _("Not clear")
    CHANGED = "changed", _("Changed since your answer")

    __tones__ = {
        "open": Look("neutral", "circle"),
        "clear": Look("good", "check-lg"),
        "objected": Look("care", "question-lg"),
        "changed": Look("move", "arrow-repeat"),
    }


class ReviewProblem(models.TextChoices):
    """Why a review cannot go on until somebody else is named."""

    NOBODY = "nobody", _("No reviewer is named")
    LEFT = "left", _("The reviewer has left the company")
    NO_ROLE = "no_role", _("The reviewer no longer speaks for this region")
    AUTHOR = "author", _("The reviewer wrote part of this text")


class LaunchKind(models.TextChoices):
    START = "start", _("Started")
    RESUME = "resume", _("Resumed")
    REPLACE = "replace", _("New release")


class DecisionKind(models.TextChoices):
    GATE_EXCEPTION = "gate_exception", _("Exception at the launch gate")
    CONFIRMED_SHARE = "confirmed_share", _("Agreed share of confirmations")
    GENERAL = "general", _("Decision")


class DecisionState(ToneChoices):
    """How far a decision is; from `decided` on nothing of it changes but that a newer one supersedes it."""

    DRAFT = "draft", _("Draft")
    ASKED = "asked", _("Asked for sign-off")
    DECIDED = "decided", _("Decided")
    SUPERSEDED = "superseded", _("Superseded")
    WITHDRAWN = "withdrawn", _("Withdrawn")

    __tones__ = tones.DECISION


class Answer(ToneChoices):
    """What a department says to a decision."""

    OPEN = "", _("No answer yet")
    YES = "yes", _("Agrees")
    NO = "no", _("Does not agree")

    __tones__ = tones.ANSWER


class GoalKind(models.TextChoices):
    PRIMARY = "primary", _("Primary goal")
    SECONDARY = "secondary", _("Secondary goal")


class ThemeState(ToneChoices):
    """The columns of the board of themes."""

    IDEA = "idea", _("Idea")
    DISCUSSED = "discussed", _("Discussed")
    PLANNED = "planned", _("Planned")
    DROPPED = "dropped", _("Dropped")

    __tones__ = tones.THEME


class StageAnswer(ToneChoices):
    """What is decided at the checkpoint of a stage."""

    GO = "go", _("Go on")
    CHANGE = "change", _("Change first")
    STOP = "stop", _("Stop")

    __tones__ = {
        "go": Look("good", "check-lg"),
        "change": Look("care", "pencil"),
        "stop": Look("stop", "x-octagon"),
    }


class Topic(models.TextChoices):
    """What of a plan a partner wants to be told of (services/partners.py says by which events)."""

    TIME = "time", _("Dates and flights")
    REACH = "reach", _("Regions and channels")
    MESSAGE = "message", _("Message and facts of the offer")
    BUDGET = "budget", _("Total of the budget")
    STATES = "states", _("Approval, start, pause and end")


class ContributionKind(models.TextChoices):
    """How a contribution came about."""

    ASKED = "asked", _("Asked for")
    OFFERED = "offered", _("Contribution")
    QUESTION = "question", _("Question")


class ContributionState(ToneChoices):
    """How far it is. A question ends with its answer; what was contributed is taken up or declined."""

    OPEN = "open", pgettext_lazy("contribution", "Open")
    GIVEN = "given", pgettext_lazy("contribution", "Given")
    UNABLE = "unable", pgettext_lazy("contribution", "Not possible")
    ANSWERED = "answered", pgettext_lazy("contribution", "Answered")
    TAKEN = "taken", pgettext_lazy("contribution", "Taken up")
    DECLINED = "declined", pgettext_lazy("contribution", "Declined")
    WITHDRAWN = "withdrawn", pgettext_lazy("contribution", "Withdrawn")

    __tones__ = tones.CONTRIBUTION


class LinkState(ToneChoices):
    """Whether a link for people outside still opens."""

    OPEN = "open", pgettext_lazy("link", "Open")
    RESTING = "resting", pgettext_lazy("link", "Rests")
    EXPIRED = "expired", pgettext_lazy("link", "Expired")
    REVOKED = "revoked", pgettext_lazy("link", "Revoked")

    __tones__ = tones.LINK
