"""What the portfolio keeps: the limits by which it warns, and warnings that somebody has set aside."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from campaigns.models import Campaign
from core.concurrency import VersionedModel

ONLY = 1
_AT_ONCE = (MinValueValidator(1), MaxValueValidator(999))


def _most(label: str, default: int | None, help_text: str = "") -> models.PositiveSmallIntegerField:
    return models.PositiveSmallIntegerField(
        label, null=True, blank=True, default=default, validators=_AT_ONCE, help_text=help_text
    )


class LoadRules(VersionedModel):
    """The limits of the portfolio's warnings: one record for the company. An empty limit never warns.

    Until an admin has saved it, it exists only as its defaults (`LoadRules.current`).
    """

    shortest_days = models.PositiveSmallIntegerField(
        _("shortest run in days"),
        null=True,
        blank=True,
        default=7,
        validators=[MinValueValidator(2), MaxValueValidator(365)],
        help_text=_("A campaign that runs for fewer days in a region is too short."),
    )
    target_most = _most(_("most campaigns at once for a target group"), 3, _("In one region."))
    region_most = _most(_("most campaigns at once in a region"), 12)
    channel_most = _most(_("most campaigns at once on a channel"), 6, _("In one region."))
    expert_most = _most(_("most campaigns at once for a channel expert"), 5)
    owner_most = _most(_("most campaigns at once for an owner"), 5)
    team_most = _most(_("most campaigns at once for a team"), 8, _("In the regions that it serves."))
    shared_days = models.PositiveSmallIntegerField(
        _("days that two campaigns may share a channel"),
        null=True,
        blank=True,
        default=0,
        validators=[MaxValueValidator(365)],
        help_text=_("For the same target group in the same region. 0: none at all."),
    )
    same_offer = models.BooleanField(
        _("warn of contradicting offers"),
        default=True,
        help_text=_("The same product at once with another price or discount in the same region."),
    )

    class Meta:
        verbose_name = _("limits of the portfolio")
        verbose_name_plural = _("limits of the portfolio")
        constraints = [models.CheckConstraint(condition=Q(pk=ONLY), name="load_rules_only_one")]

    def __str__(self) -> str:
        return str(_("Limits of the portfolio"))

    @classmethod
    def current(cls) -> "LoadRules":
        """The limits in force (one query)."""
        return cls.objects.filter(pk=ONLY).first() or cls(pk=ONLY, version=0)


class SetAside(models.Model):
    """A warning that the campaign's people know of and leave, with their reason.

    It holds for exactly the facts that it was said about (`facts`, a hash): when they change, the warning
    stands again, and says that it had been set aside.
    """

    campaign = models.ForeignKey(
        Campaign, on_delete=models.CASCADE, related_name="warnings_aside", verbose_name=_("campaign")
    )
    key = models.CharField(_("warning"), max_length=40)
    facts = models.CharField(max_length=64, editable=False)
    reason = models.TextField(_("reason"))
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("set aside by"))
    at = models.DateTimeField(_("set aside at"))

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("warning set aside")
        verbose_name_plural = _("warnings set aside")
        constraints = [
            models.UniqueConstraint(fields=["campaign", "key"], name="aside_once_per_warning"),
            models.CheckConstraint(condition=~Q(reason=""), name="aside_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.campaign}: {self.key}"
