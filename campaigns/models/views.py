"""What a person keeps of the calendar: views with their filters, and the address of his feed."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class SavedPage(models.TextChoices):
    """Pages whose views can be saved."""

    CALENDAR = "calendar", _("Calendar")
    TIMELINE = "timeline", _("Timeline")


class SavedViewQuerySet(models.QuerySet):
    """Saved views."""

    def visible_to(self, user: User) -> "SavedViewQuerySet":
        """One's own, and those that colleagues share."""
        return self.filter(models.Q(owner=user) | models.Q(shared=True))


class SavedView(models.Model):
    """A page of the calendar with its filters (`query`, as it stands in the address), under a name."""

    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="saved_views")
    name = models.CharField(_("name"), max_length=80)
    page = models.CharField(max_length=10, choices=SavedPage)
    query = models.CharField(max_length=1000, blank=True)
    shared = models.BooleanField(_("shared with colleagues"), default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "page", "name"], name="saved_view_name_once"),
            models.CheckConstraint(condition=models.Q(page__in=SavedPage.values), name="saved_view_page"),
            models.CheckConstraint(condition=~models.Q(name=""), name="saved_view_has_name"),
        ]

    def __str__(self) -> str:
        return self.name


class CalendarFeed(models.Model):
    """A person's feed for calendar programs. The secret in its address is stored as a hash only."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="calendar_feed")
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    last_read_on = models.DateField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.user}"
