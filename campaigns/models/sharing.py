"""Links by which people without an account read a plan or a view of the calendar. Only a hash is stored."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from campaigns.enums import LinkState
from campaigns.models.campaign import Campaign
from campaigns.models.views import SavedView


class ShareLink(models.Model):
    """A secret address that shows one campaign's plan (`parts` of it) or one saved view, until `expires_at`.

    It shows what its maker may see at that moment; a maker who may no longer share lets it rest.
    """

    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    campaign = models.ForeignKey(
        Campaign, null=True, blank=True, on_delete=models.CASCADE, related_name="share_links"
    )
    view = models.ForeignKey(
        SavedView, null=True, blank=True, on_delete=models.CASCADE, related_name="share_links"
    )
    parts = models.JSONField(default=list, blank=True)
    label = models.CharField(_("for whom"), max_length=120)
    by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="share_links")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(_("open until"))
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)
    revoked_by = models.ForeignKey(
        User, null=True, blank=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    openings = models.PositiveIntegerField(_("openings"), default=0, editable=False)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("link for people outside")
        verbose_name_plural = _("links for people outside")
        constraints = [
            models.CheckConstraint(
                condition=Q(campaign__isnull=False, view__isnull=True)
                | Q(campaign__isnull=True, view__isnull=False),
                name="share_link_shows_one_thing",
            ),
            models.CheckConstraint(condition=~Q(label=""), name="share_link_has_label"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("created_at")), name="share_link_ends"),
        ]

    def __str__(self) -> str:
        return f"{self.campaign or self.view} · {self.label}"

    @property
    def last_moment(self) -> datetime:
        """The last minute in which it opens."""
        return self.expires_at - timedelta(minutes=1)

    @property
    def state(self) -> LinkState:
        """Open, expired or revoked; whether its maker may still share is not asked here."""
        if self.revoked_at:
            return LinkState.REVOKED
        return LinkState.EXPIRED if self.expires_at <= timezone.now() else LinkState.OPEN

    @property
    def is_open(self) -> bool:
        """Neither expired nor revoked."""
        return self.state == LinkState.OPEN
