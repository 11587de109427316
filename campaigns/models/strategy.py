"""Why we market at all: strategies with goals, milestones and who carries what; and the board of themes."""

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, User
from campaigns.enums import GoalKind, ThemeState
from channels.models import Channel
from core.concurrency import VersionedModel

CURRENCY = RegexValidator(r"^[A-Z]{3}\Z", _("A code of three capital letters, such as EUR."))


class Strategy(VersionedModel):
    """What we want to reach in a span of time, with what, and why it can work.

    Every part of it is edited for itself; `version` grows with each of them.
    """

    title = models.CharField(_("title"), max_length=200)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"))
    owner = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="strategies", verbose_name=_("owner")
    )
    opportunity = models.TextField(_("market opportunity"), blank=True)
    feasibility = models.TextField(_("feasibility"), blank=True)
    resources = models.TextField(_("resources"), blank=True)
    effort = models.TextField(_("effort"), blank=True)
    amount = models.DecimalField(_("money needed"), max_digits=14, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, default="EUR", validators=[CURRENCY])
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-starts_on", "-pk"]
        verbose_name = _("strategy")
        verbose_name_plural = _("strategies")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="strategy_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(amount__isnull=True) | Q(amount__gte=0), name="strategy_amount_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("strategy:detail", args=[self.pk])


class Milestone(VersionedModel):
    """What has to stand by when."""

    strategy = models.ForeignKey(Strategy, on_delete=models.CASCADE, related_name="milestones")
    on = models.DateField(_("date"))
    title = models.CharField(_("what stands then"), max_length=200)
    reached = models.BooleanField(_("reached"), default=False)

    class Meta:
        ordering = ["on", "pk"]
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")

    def __str__(self) -> str:
        return self.title


class Duty(VersionedModel):
    """What a department carries of a strategy."""

    strategy = models.ForeignKey(Strategy, on_delete=models.CASCADE, related_name="duties")
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, related_name="duties", verbose_name=_("department")
    )
    text = models.TextField(_("what it carries"))

    class Meta:
        ordering = ["department__code", "pk"]
        verbose_name = _("share of a department")
        verbose_name_plural = _("shares of departments")

    def __str__(self) -> str:
        return f"{self.department}: {self.text}"


class Goal(VersionedModel):
    """A measurable aim that campaigns serve; a secondary goal may stand below another one of its strategy.

    `kpi` is the code of a KPI as its catalogue knows it (campaigns/goal_figures.py), empty for none.
    """

    title = models.CharField(_("title"), max_length=200)
    measure = models.CharField(_("how it is measured"), max_length=200, blank=True)
    active = models.BooleanField(_("active"), default=True)
    strategy = models.ForeignKey(
        Strategy,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="goals",
        verbose_name=_("strategy"),
    )
    parent = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
        verbose_name=_("part of"),
    )
    kind = models.CharField(_("kind"), max_length=9, choices=GoalKind, default=GoalKind.PRIMARY)
    departments = models.ManyToManyField(
        Department, blank=True, related_name="goals", verbose_name=_("departments that serve it")
    )
    channels = models.ManyToManyField(
        Channel, blank=True, related_name="goals", verbose_name=_("channels that serve it")
    )
    kpi = models.CharField(_("KPI"), max_length=50, blank=True)
    target = models.DecimalField(_("target"), max_digits=16, decimal_places=4, null=True, blank=True)
    due_on = models.DateField(_("reached by"), null=True, blank=True)

    class Meta:
        ordering = ["title"]
        verbose_name = _("goal")
        verbose_name_plural = _("goals")
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=GoalKind.values), name="goal_kind_known"),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")), name="goal_not_its_own_parent"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Theme(VersionedModel):
    """A topic that the team talks about and may turn into campaigns; `position` orders its column."""

    title = models.CharField(_("title"), max_length=120, unique=True)
    description = models.TextField(_("description"), blank=True)
    state = models.CharField(_("column"), max_length=9, choices=ThemeState, default=ThemeState.IDEA)
    reason = models.TextField(_("why it is dropped"), blank=True)
    position = models.PositiveIntegerField(default=0, editable=False)
    by = models.ForeignKey(
        User, null=True, blank=True, editable=False, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["title"]
        verbose_name = _("theme")
        verbose_name_plural = _("themes")
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ThemeState.values), name="theme_state_known"),
            models.CheckConstraint(
                condition=~Q(state=ThemeState.DROPPED) | ~Q(reason=""), name="theme_dropped_with_reason"
            ),
        ]
        indexes = [models.Index(fields=["state", "position", "id"], name="theme_board")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("themes:detail", args=[self.pk])


class ThemeVote(models.Model):
    """A person is for a theme."""

    theme = models.ForeignKey(Theme, on_delete=models.CASCADE, related_name="votes")
    by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["theme", "by"], name="theme_one_vote_per_person")]

    def __str__(self) -> str:
        return f"{self.theme} · {self.by}"


class ThemeComment(models.Model):
    """What somebody says about a theme."""

    theme = models.ForeignKey(Theme, on_delete=models.CASCADE, related_name="comments")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    text = models.TextField(_("comment"))

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.text
