"""People, where they belong, what they may do, and the teams that serve customers."""

from datetime import date
from functools import cached_property
from typing import Any
from zoneinfo import available_timezones

from django.contrib.auth.base_user import BaseUserManager
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import calendar
from accounts.enums import Audience, BriefingWay, ChatKind, Language, NoticeWay, Rhythm, Role, Theme
from accounts.querysets import AbsenceQuerySet, TeamQuerySet, UserQuerySet
from accounts.rights import Rights
from core.bilingual import BilingualName
from core.concurrency import VersionedModel


def validate_timezone(value: str) -> None:
    """Raise ValidationError unless `value` names a time zone such as Europe/Zurich."""
    if value not in available_timezones():
        raise ValidationError(_("“%(value)s” is no time zone."), params={"value": value})


class Department(BilingualName):
    """A part of the company; partner teams are invited by department."""

    code = models.SlugField(unique=True)

    class Meta:
        ordering = ["code"]
        verbose_name = _("department")
        verbose_name_plural = _("departments")


class Region(BilingualName):
    """A country and language market with its own time zone and currency."""

    code = models.CharField(_("code"), max_length=10, unique=True)
    country = models.CharField(_("country"), max_length=2, help_text=_("ISO 3166-1, such as AT"))
    language = models.CharField(_("language"), max_length=2, choices=Language)
    timezone = models.CharField(_("time zone"), max_length=64, validators=[validate_timezone])
    currency = models.CharField(_("currency"), max_length=3, help_text=_("ISO 4217, such as CHF"))
    more_currencies = models.CharField(
        _("other currencies in which prices may be given"),
        max_length=60,
        blank=True,
        validators=[
            RegexValidator(r"^[A-Z]{3}( [A-Z]{3})*\Z", _("Codes such as EUR, with a space between them."))
        ],
        help_text=_("ISO 4217, with spaces between; usually none."),
    )
    subdivision = models.CharField(
        _("part of the country"),
        max_length=20,
        blank=True,
        help_text=_("ISO 3166-2 without the country, such as SN for Saxony; decides on public holidays"),
    )
    # ISO dates; see accounts/calendar.py.
    closed_days = models.JSONField(
        _("also closed on"), default=list, blank=True, help_text=_("One day per line, such as 2026-12-24.")
    )
    open_days = models.JSONField(
        _("open although it is a holiday or weekend"),
        default=list,
        blank=True,
        help_text=_("One day per line, such as 2026-12-06."),
    )
    briefing_days = models.PositiveSmallIntegerField(
        _("briefings are due … working days before the start"),
        default=5,
        validators=[MaxValueValidator(60)],
    )
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        ordering = ["code"]
        verbose_name = _("region")
        verbose_name_plural = _("regions")

    def clean(self) -> None:
        """Refuse a part of the country that the country does not have."""
        known = calendar.subdivisions(self.country)
        if self.subdivision and known and self.subdivision not in known:
            message = _("%(country)s has no such part. Known are: %(known)s.")
            params = {"country": self.country, "known": ", ".join(known)}
            raise ValidationError({"subdivision": ValidationError(message, params=params)})

    @property
    def currencies(self) -> list[str]:
        """Codes of the currencies in which customers may be given a price here, the region's own first."""
        return [self.currency, *self.more_currencies.split()]

    @property
    def languages(self) -> list[str]:
        """Codes of the languages in which customers are addressed here."""
        return [self.language]


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):
    """Users are made and found by e-mail address."""

    use_in_migrations = True

    def create_user(self, email: str, password: str | None = None, **extra: Any) -> "User":
        """Make a person who signs in by `email`; without a password he cannot sign in yet."""
        user = self.model(email=self.normalize_email(email).lower(), **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **extra: Any) -> "User":
        """Make an admin with every right."""
        user = self.create_user(email, password, is_staff=True, is_superuser=True, **extra)
        RoleGrant.objects.create(user=user, role=Role.ADMIN)
        return user

    def get_by_natural_key(self, email: str) -> "User":
        return self.get(email__iexact=email)


class User(AbstractUser):
    """A person who signs in by e-mail."""

    username = None
    email = models.EmailField(_("e-mail address"), unique=True)
    department = models.ForeignKey(
        Department,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="people",
        verbose_name=_("department"),
    )
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    language = models.CharField(_("language"), max_length=2, choices=Language, default=Language.EN)
    timezone = models.CharField(
        _("time zone"), max_length=64, default="Europe/Berlin", validators=[validate_timezone]
    )
    theme = models.CharField(_("appearance"), max_length=5, choices=Theme, default=Theme.AUTO)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: list[str] = []
    objects = UserManager()

    class Meta:
        ordering = ["last_name", "first_name", "id"]
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_once")]
        verbose_name = _("person")
        verbose_name_plural = _("people")

    def __str__(self) -> str:
        return self.get_full_name() or self.email

    @property
    def initials(self) -> str:
        letters = "".join(part[0] for part in (self.first_name, self.last_name) if part)
        return (letters or self.email[:2]).upper()

    @cached_property
    def rights(self) -> Rights:
        """The person's rights (one query, kept on the instance); none once the person has left."""
        if not self.is_active:
            return Rights.of([])
        return Rights.of(self.grants.values_list("role", "region_id"))

    @property
    def preferences(self) -> "NotificationSettings":
        """How messages reach the person; what holds for everybody while he has set nothing.

        One query unless `notifications` has been selected or prefetched.
        """
        try:
            return self.notifications
        except NotificationSettings.DoesNotExist:
            return NotificationSettings(user=self)


class NotificationSettings(models.Model):
    """How messages reach a person. Who has set nothing has no row: mail, at once, at any hour.

    `chat_url` is a secret: whoever has it can write into that chat. `refused_address` is the address that
    sent mail back for good; it holds only while it is still the person's address.
    """

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="notifications")
    briefings = models.CharField(_("Briefings"), max_length=6, choices=BriefingWay, default=BriefingWay.MAIL)
    notices = models.CharField(_("Other notices"), max_length=6, choices=NoticeWay, default=NoticeWay.MAIL)
    digest_rhythm = models.CharField(_("How often"), max_length=6, choices=Rhythm, default=Rhythm.DAILY)
    digest_hour = models.PositiveSmallIntegerField(_("At what hour"), default=8)
    quiet_from = models.TimeField(_("Quiet from"), null=True, blank=True)
    quiet_to = models.TimeField(_("Quiet until"), null=True, blank=True)
    chat_kind = models.CharField(_("Chat"), max_length=10, choices=ChatKind, default=ChatKind.SLACK)
    chat_url = models.CharField(max_length=1000, blank=True)
    chat_failed_at = models.DateTimeField(_("chat fails since"), null=True, blank=True)
    chat_failure = models.TextField(_("why the chat fails"), blank=True)
    refused_address = models.EmailField(_("address that is refused"), blank=True)
    refused_at = models.DateTimeField(_("refused since"), null=True, blank=True)
    refused_reason = models.TextField(_("why it is refused"), blank=True)

    class Meta:
        ordering = ["user"]
        verbose_name = _("notification settings")
        verbose_name_plural = _("notification settings")
        constraints = [
            models.CheckConstraint(
                condition=Q(briefings__in=BriefingWay.values), name="notify_briefings_known"
            ),
            models.CheckConstraint(condition=Q(notices__in=NoticeWay.values), name="notify_notices_known"),
            models.CheckConstraint(condition=Q(digest_rhythm__in=Rhythm.values), name="notify_rhythm_known"),
            models.CheckConstraint(condition=Q(digest_hour__lte=23), name="notify_hour_of_day"),
            models.CheckConstraint(condition=Q(chat_kind__in=ChatKind.values), name="notify_chat_known"),
            models.CheckConstraint(
                condition=~Q(chat_url="") | (~Q(briefings="chat") & ~Q(notices="chat")),
                name="notify_chat_has_address",
                violation_error_message=_("A chat needs the address of its webhook."),
            ),
            models.CheckConstraint(
                condition=Q(quiet_from__isnull=True, quiet_to__isnull=True)
                | (Q(quiet_from__isnull=False, quiet_to__isnull=False) & ~Q(quiet_from=F("quiet_to"))),
                name="notify_quiet_whole",
                violation_error_message=_("Quiet hours need a beginning and another end."),
            ),
            models.CheckConstraint(
                condition=Q(refused_address="") | Q(refused_at__isnull=False), name="notify_refused_has_time"
            ),
        ]

    def __str__(self) -> str:
        return str(self.user)

    @property
    def chat_works(self) -> bool:
        """True if there is a chat and it has not been found dead."""
        return bool(self.chat_url) and self.chat_failed_at is None

    @property
    def briefing_route(self) -> str:
        """The route of a briefing: mail, chat, or app (no message); a chat that fails is mail."""
        return "mail" if self.briefings == BriefingWay.CHAT and not self.chat_works else self.briefings

    def notice_route(self, *, urgent: bool) -> str:
        """The route of a notice: mail, chat, digest or app; what is urgent never waits for a digest."""
        if self.notices == NoticeWay.CHAT:
            return "chat" if self.chat_works else "mail"
        return "mail" if urgent else self.notices

    @property
    def mail_refusal(self) -> str:
        """Why nothing is sent to the person's present address; empty when nothing stands against it."""
        if not self.refused_address or self.refused_address.lower() != self.user.email.lower():
            return ""
        return (
            f"{self.refused_address} does not take mail any more: {self.refused_reason} "
            "An admin can allow it again, or enter another address."
        )


class RoleGrant(models.Model):
    """A role that a person holds in one region, or everywhere when no region is named."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="grants")
    role = models.CharField(_("role"), max_length=12, choices=Role)
    region = models.ForeignKey(Region, null=True, blank=True, on_delete=models.PROTECT, related_name="grants")

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        constraints = [
            models.UniqueConstraint(fields=["user", "role", "region"], name="grant_once_per_region"),
            models.UniqueConstraint(
                fields=["user", "role"], condition=Q(region__isnull=True), name="grant_once_everywhere"
            ),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="grant_role_known"),
            models.CheckConstraint(
                condition=~Q(role=Role.ADMIN) | Q(region__isnull=True),
                name="grant_admin_everywhere",
                violation_error_message=_("An admin is one everywhere. Please leave the region empty."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} · {self.region or '*'}"


class Team(VersionedModel):
    """People who serve one audience in some regions, with a lead and a deputy."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    audience = models.CharField(_("audience"), max_length=8, choices=Audience)
    lead = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="leads", verbose_name=_("lead")
    )
    deputy = models.ForeignKey(
        User,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="deputises",
        verbose_name=_("deputy"),
    )
    regions = models.ManyToManyField(Region, related_name="teams", verbose_name=_("regions served"))
    members = models.ManyToManyField(User, through="TeamMember", related_name="teams")
    active = models.BooleanField(_("active"), default=True)

    objects = TeamQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        constraints = [
            models.CheckConstraint(condition=Q(audience__in=Audience.values), name="team_audience_known")
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("teams:detail", args=[self.pk])


class TeamMember(models.Model):
    """A person's place in a team."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    joined_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "user"], name="member_once_per_team")]

    def __str__(self) -> str:
        return f"{self.user} · {self.team}"


class Absence(models.Model):
    """Days on which a person is away, both ends included."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="absences")
    starts_on = models.DateField(_("first day away"))
    ends_on = models.DateField(_("last day away"))
    note = models.CharField(_("note"), max_length=200, blank=True)

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        ordering = ["starts_on"]
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="absence_ends_after_start",
                violation_error_message=_("The last day lies before the first one."),
            )
        ]
        indexes = [models.Index(fields=["user", "starts_on", "ends_on"], name="absence_days")]

    def __str__(self) -> str:
        return f"{self.user}: {self.starts_on} – {self.ends_on}"

    def covers(self, day: date) -> bool:
        """True if the person is away on `day`."""
        return self.starts_on <= day <= self.ends_on
