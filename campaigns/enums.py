"""The words of a campaign's life; tone and icon of each stand in campaigns/tones.py."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Preparation(models.TextChoices):
    """State of the working copy."""

    DRAFT = "draft", _("Draft")
    IN_REVIEW = "in_review", _("In review")
    APPROVED = "approved", _("Approved")
    CANCELLED = "cancelled", _("Cancelled")
    EVALUATED = "evaluated", _("Evaluated")


class Running(models.TextChoices):
    """State of one region of a campaign."""

    WAITING = "waiting", _("Not started")
    LIVE = "live", _("Live")
    PAUSED = "paused", _("Paused")
    FINISHED = "finished", _("Finished")


class Phase(models.TextChoices):
    """What a list shows: preparation and running of all regions in one word."""

    DRAFT = "draft", _("Draft")
    IN_REVIEW = "in_review", _("In review")
    APPROVED = "approved", _("Approved")
    LIVE = "live", _("Live")
    PAUSED = "paused", _("Paused")
    FINISHED = "finished", _("Finished")
    EVALUATED = "evaluated", _("Evaluated")
    CANCELLED = "cancelled", _("Cancelled")


class RoundKind(models.TextChoices):
    PROPOSAL = "proposal", _("Proposal")
    APPROVAL = "approval", _("Approval")
    REJECTION = "rejection", _("Rejection")


class FactKind(models.TextChoices):
    PRODUCT = "product", _("Product")
    PRICE = "price", _("Price")
    DISCOUNT = "discount", _("Discount")
    DATE = "date", _("Date")
    TERMS = "terms", _("Terms")
    CODE = "code", _("Code")
    LINK = "link", _("Link")
    TEXT = "text", _("Text")


class VariantState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    CONFIRMED = "confirmed", _("Confirmed")
    OUTDATED = "outdated", _("Out of date")


class Content(models.TextChoices):
    """What a content version is a version of."""

    CORE = "core", _("Core message")
    FACT = "fact", _("Offer fact")
    VARIANT = "variant", _("Channel variant")


class Verdict(models.TextChoices):
    CLEAR = "clear", _("Clear")
    UNCLEAR = "unclear", _("Unclear")
    WRONG = "wrong", _("Wrong")
    OFFENSIVE = "offensive", _("Offensive")


class ReviewState(models.TextChoices):
    INVITED = "invited", _("Invited")
    IN_WORK = "in_work", _("In work")
    OBJECTED = "objected", _("Not clear")
    APPROVED = "approved", _("Approved")
    ASKED_AGAIN = "asked_again", _("Asked again")


class LaunchKind(models.TextChoices):
    START = "start", _("Started")
    RESUME = "resume", _("Resumed")
    REPLACE = "replace", _("New release")


class DecisionKind(models.TextChoices):
    GATE_EXCEPTION = "gate_exception", _("Exception at the launch gate")
    CONFIRMED_SHARE = "confirmed_share", _("Agreed share of confirmations")
