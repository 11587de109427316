"""People in the admin: found by name, role and region; they leave and come back, nobody is deleted."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts import services
from accounts.admin_base import ReadOnlyAdmin, ServiceAdmin, each
from accounts.forms import zones
from accounts.models import Absence, RoleGrant, User


class PersonForm(forms.ModelForm):
    """What admins keep of a person; time zones are chosen, not typed."""

    timezone = forms.ChoiceField(label=_("Time zone"), initial="Europe/Berlin")

    class Meta:
        model = User
        fields = ["email", "first_name", "last_name", "department", "phone", "language", "timezone", "theme"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = dict.fromkeys([*zones(), self.instance.timezone])
        self.fields["timezone"].choices = [(name, name) for name in sorted(names)]

    def clean_email(self) -> str:
        """The address in lower case; ValidationError if another person has it."""
        email = self.cleaned_data["email"].lower()
        if User.objects.filter(email__iexact=email).exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("There is already a person with this address."))
        return email


class RoleInline(admin.TabularInline):
    """Roles of a person, by region."""

    model = RoleGrant
    extra = 0
    fields = ["role", "region"]


class AbsenceInline(admin.TabularInline):
    """Days away."""

    model = Absence
    extra = 0
    fields = ["starts_on", "ends_on", "note"]


@admin.register(User)
class UserAdmin(ServiceAdmin):
    """People."""

    form = PersonForm
    list_display = ["person", "email", "department", "role_words", "is_active", "last_login"]
    list_display_links = ["person", "email"]
    list_filter = ["is_active", "grants__role", "grants__region", "department", "language"]
    list_select_related = ["department"]
    list_per_page = 50
    search_fields = ["email", "first_name", "last_name"]
    autocomplete_fields = ["department"]
    readonly_fields = ["here", "last_login", "date_joined"]
    ordering = ["last_name", "first_name", "id"]
    actions = ["let_go", "take_back", "send_link"]
    fieldsets = [
        (None, {"fields": ["email", ("first_name", "last_name"), "department", "phone"]}),
        (_("How Einklang speaks to the person"), {"fields": [("language", "timezone", "theme")]}),
        (_("State"), {"fields": [("here", "last_login", "date_joined")]}),
    ]

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> list[tuple]:
        """Who is only being entered has no state yet."""
        return self.fieldsets if obj else self.fieldsets[:-1]

    @admin.display(description=_("still here"), boolean=True)
    def here(self, user: User) -> bool:
        """False once the person has left."""
        return user.is_active

    @admin.display(description=_("person"), ordering="last_name")
    def person(self, user: User) -> str:
        """The full name."""
        return str(user)

    @admin.display(description=_("roles"))
    def role_words(self, user: User) -> str:
        """Every role with its regions."""
        words: dict[str, list[str]] = {}
        for grant in user.grants.all():
            words.setdefault(grant.get_role_display(), []).append(grant.region.code if grant.region else "*")
        return ", ".join(f"{role} ({' '.join(sorted(codes))})" for role, codes in words.items()) or "–"

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """People with their roles."""
        return super().get_queryset(request).prefetch_related("grants__region")

    def get_inlines(self, request: HttpRequest, obj: User | None = None) -> list[type]:
        """Roles and absences once the person is there."""
        return [RoleInline, AbsenceInline] if obj else []

    def save_model(self, request: HttpRequest, obj: User, form: forms.ModelForm, change: bool) -> None:
        """Through the services, so that it is audited."""
        values = {name: form.cleaned_data[name] for name in PersonForm.Meta.fields}
        if change:
            services.save_person(user=obj, by=request.user, **values)
        else:
            obj.pk = services.create_person(by=request.user, **values).pk
            obj.refresh_from_db()

    def save_formset(self, request: HttpRequest, form: forms.ModelForm, formset: Any, change: bool) -> None:
        """Grant, revoke, enter and remove through the services."""
        entries = formset.save(commit=False)
        gone = [*formset.deleted_objects, *(old for old, _fields in formset.changed_objects)]
        for record in gone:
            stored = type(record).objects.get(pk=record.pk)
            if isinstance(stored, RoleGrant):
                services.revoke_role(grant=stored, by=request.user)
            else:
                services.remove_absence(absence=stored, by=request.user)
        for record in entries:
            self._enter(record, request.user)

    @staticmethod
    def _enter(record: RoleGrant | Absence, by: User) -> None:
        if isinstance(record, RoleGrant):
            services.grant_role(user=record.user, role=record.role, region=record.region, by=by)
            return
        days = {"starts_on": record.starts_on, "ends_on": record.ends_on, "note": record.note}
        services.add_absence(user=record.user, by=by, **days)

    @admin.action(description=_("They have left: no sign-in, no briefings"))
    def let_go(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Deactivate the chosen people."""
        each(self, request, queryset, services.deactivate, "user", _t("%(number)d noted as having left."))

    @admin.action(description=_("They are back"))
    def take_back(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Reactivate the chosen people."""
        each(self, request, queryset, services.reactivate, "user", _t("%(number)d noted as being back."))

    @admin.action(description=_("Send a link to set the password"))
    def send_link(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Mail a link to the chosen people."""
        each(self, request, queryset, services.send_password_link, "user", _t("%(number)d links are sent."))


@admin.register(RoleGrant)
class RoleGrantAdmin(ReadOnlyAdmin):
    """Who has which role where; changed on the person's page."""

    list_display = ["user", "role", "region"]
    list_filter = ["role", "region"]
    list_select_related = ["user", "region"]
    search_fields = ["user__email", "user__first_name", "user__last_name"]
    ordering = ["user__last_name", "user__first_name", "id"]


@admin.register(Absence)
class AbsenceAdmin(ReadOnlyAdmin):
    """Who is away when; changed on the person's page."""

    list_display = ["user", "starts_on", "ends_on", "note"]
    list_filter = ["starts_on"]
    list_select_related = ["user"]
    search_fields = ["user__email", "user__first_name", "user__last_name"]
    ordering = ["-starts_on", "id"]
