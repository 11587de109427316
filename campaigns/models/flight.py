"""When a channel carries the campaign: flights (days) and dayparts (hours of weekdays)."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from campaigns.models.campaign import Campaign, CampaignChannel
from channels.models import Channel
from core.concurrency import VersionedModel

EVERY_DAY = 0b1111111
WEEKDAYS = 7


class Flight(VersionedModel):
    """Days on which a channel carries the campaign, both ends included; they lie within the campaign's.

    The version grows with every change of its days or dayparts. The database has its own defaults, so that
    rows that are copied in need not name them.
    """

    campaign_channel = models.ForeignKey(CampaignChannel, on_delete=models.CASCADE, related_name="flights")
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"))
    version = models.PositiveIntegerField(default=1, db_default=1, editable=False)
    changed_at = models.DateTimeField(auto_now=True, db_default=Now())

    class Meta:
        ordering = ["starts_on"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="flight_ends_after_start")
        ]

    def __str__(self) -> str:
        return f"{self.campaign_channel}: {self.starts_on} – {self.ends_on}"


class Daypart(models.Model):
    """Hours on some weekdays of a flight, in the time of each region that it reaches.

    `weekdays` has a bit per day, the lowest for Monday. One that ends at or before it begins ends on the
    next day.
    """

    flight = models.ForeignKey(Flight, on_delete=models.CASCADE, related_name="dayparts")
    weekdays = models.PositiveSmallIntegerField(_("weekdays"), default=EVERY_DAY)
    begins = models.TimeField(_("from"))
    ends = models.TimeField(_("to"))

    class Meta:
        ordering = ["begins", "ends", "weekdays"]
        constraints = [
            models.CheckConstraint(
                condition=Q(weekdays__gte=1, weekdays__lte=EVERY_DAY), name="daypart_has_weekdays"
            ),
            models.CheckConstraint(condition=~Q(begins=F("ends")), name="daypart_has_length"),
            models.UniqueConstraint(fields=["flight", "begins", "ends", "weekdays"], name="daypart_once"),
        ]

    def __str__(self) -> str:
        return f"{self.begins:%H:%M}–{self.ends:%H:%M}"

    @property
    def days(self) -> tuple[int, ...]:
        """ISO weekdays, Monday is 1."""
        return tuple(day for day in range(1, WEEKDAYS + 1) if self.weekdays >> (day - 1) & 1)


class FlightRemoval(models.Model):
    """A flight that was removed: calendar programs that have it must be told. Written by a trigger only."""

    flight_id = models.BigIntegerField()
    # Without constraints: a campaign that is deleted with its flights leaves a trace that nobody reads.
    campaign = models.ForeignKey(
        Campaign, on_delete=models.CASCADE, db_constraint=False, related_name="removed_flights"
    )
    channel = models.ForeignKey(Channel, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField()
    removed_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["removed_at"], name="flight_removed_at")]

    def __str__(self) -> str:
        return f"{self.starts_on} – {self.ends_on}"
