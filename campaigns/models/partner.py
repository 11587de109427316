"""Who plans along: departments and people invited to a campaign, and what they contribute, ask and answer."""

import uuid
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, User
from campaigns.enums import ContributionKind, ContributionState, Topic
from campaigns.models.campaign import Campaign
from core.concurrency import VersionedModel

TOPICS = (Topic.TIME, Topic.REACH, Topic.STATES)
ONE_SIDE = Q(department__isnull=True) | Q(person__isnull=True)


def usual_topics() -> list[str]:
    """What an invited partner is told of unless somebody chooses otherwise."""
    return [topic.value for topic in TOPICS]


class CurrentPartners(models.Manager):
    """Partners of whom nobody has taken leave."""

    def get_queryset(self) -> models.QuerySet:
        return super().get_queryset().filter(ended_at=None)


class CampaignPartner(models.Model):
    """A department or a person who sees the plan and is told of changes (services/partners.py).

    `objects` and `campaign.partners` are those of now; `everyone` has also those who were partners once.
    `told_event` is the id of the last event of the log that they were told of, at `told_at`; since
    `changed_at` there is something to tell.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="partners")
    department = models.ForeignKey(
        Department, null=True, blank=True, on_delete=models.PROTECT, related_name="partnerships"
    )
    person = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="partnerships"
    )
    topics = models.JSONField(_("is told of"), default=usual_topics, blank=True)
    invited_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    invited_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True, editable=False)
    told_event = models.PositiveBigIntegerField(default=0, editable=False)
    told_at = models.DateTimeField(null=True, blank=True, editable=False)
    changed_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = CurrentPartners()
    everyone = models.Manager()  # noqa: DJ012 - it is a manager

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "department"], condition=Q(ended_at=None), name="partner_once"
            ),
            models.UniqueConstraint(
                fields=["campaign", "person"], condition=Q(ended_at=None), name="partner_person_once"
            ),
            models.CheckConstraint(
                condition=Q(department__isnull=False, person__isnull=True)
                | Q(department__isnull=True, person__isnull=False),
                name="partner_is_department_or_person",
            ),
        ]
        indexes = [
            models.Index(fields=["changed_at"], name="partner_to_tell", condition=Q(changed_at__isnull=False))
        ]

    def __str__(self) -> str:
        return f"{self.campaign} · {self.who}"

    @property
    def who(self) -> Any:
        """The department or the person."""
        return self.person or self.department

    @property
    def key(self) -> str:
        """What names this partner in a form: "d3" for a department, "p7" for a person."""
        return f"p{self.person_id}" if self.person_id else f"d{self.department_id}"


class PartnerReader(models.Model):
    """One person who plans along with a campaign: when he looked last, and what he wants to be told of.

    `topics` None: as whoever invited him has ticked; an empty list: nothing at all.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="partner_readers")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    looked_at = models.DateTimeField(null=True, blank=True)
    topics = models.JSONField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["campaign", "person"], name="partner_reader_once")]

    def __str__(self) -> str:
        return f"{self.campaign} · {self.person}"


class Contribution(VersionedModel):
    """Something wanted from a partner, contributed by one, or asked (services/contributions.py).

    It is addressed to a department, a person or, with neither, the campaign's team. What was said once
    stays as it is (campaigns/partner_triggers.py).
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="contributions")
    kind = models.CharField(max_length=10, choices=ContributionKind)
    state = models.CharField(max_length=10, choices=ContributionState, default=ContributionState.OPEN)
    text = models.TextField(_("what it is about"))
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now, editable=False)
    department = models.ForeignKey(
        Department, null=True, blank=True, on_delete=models.PROTECT, related_name="contributions"
    )
    person = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="contributions"
    )
    due_on = models.DateField(_("wanted by"), null=True, blank=True)
    answer = models.TextField(_("answer"), blank=True)
    answered_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    closed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    # One form, one contribution: a double click or a reload finds the first one.
    submission = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("contribution or question")
        verbose_name_plural = _("contributions and questions")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=ContributionKind.values), name="contribution_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=ContributionState.values), name="contribution_state_known"
            ),
            models.CheckConstraint(condition=ONE_SIDE, name="contribution_to_one"),
            models.CheckConstraint(condition=~Q(text=""), name="contribution_says_something"),
            models.CheckConstraint(
                condition=~Q(kind=ContributionKind.ASKED)
                | Q(department__isnull=False)
                | Q(person__isnull=False),
                name="contribution_asked_of_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "department"], name="contribution_department"),
            models.Index(fields=["state", "person"], name="contribution_person"),
        ]

    def __str__(self) -> str:
        return self.text[:80]

    @property
    def to(self) -> Any:
        """The department or person it is addressed to, None for the campaign's team."""
        return self.person or self.department
