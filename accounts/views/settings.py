"""My settings: name, language, time zone, appearance, how messages reach me, my absences."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.forms import AbsenceForm, SettingsForm, attempt
from accounts.forms_notifications import NotificationForm
from accounts.models import Absence, User
from accounts.permissions import CAMPAIGN_READERS
from accounts.services import add_absence, remove_absence, save_settings
from core.delivery.chat import masked
from core.navigation import address


def show(
    request: HttpRequest,
    form: SettingsForm | None = None,
    absence: AbsenceForm | None = None,
    notify: NotificationForm | None = None,
) -> HttpResponse:
    """The page, with the form that has to be corrected, if any."""
    user, copy = request.user, fresh(request.user)
    wishes = copy.preferences
    context = {
        "notify_form": notify or NotificationForm(instance=wishes),
        "chat": masked(wishes.chat_url),
        "wishes": wishes,
        "form": form or SettingsForm(instance=copy),
        "absence_form": absence or AbsenceForm(),
        "absences": user.absences.from_day(timezone.localdate()),
        "feed_url": address("calendar_feed") if user.rights.has(*CAMPAIGN_READERS) else "",
        "teams": user.teams.filter(active=True).select_related("lead"),
    }
    return render(request, "accounts/settings.html", context)


def fresh(user: User) -> User:
    """A copy for a form to change: request.user stays what the page's frame shows."""
    return User.objects.select_related("notifications").get(pk=user.pk)


@require_http_methods(["GET", "POST"])
def my_settings(request: HttpRequest) -> HttpResponse:
    """Show and save the person's own settings."""
    if request.method != "POST":
        return show(request)
    form = SettingsForm(request.POST, instance=fresh(request.user))
    if form.is_valid():
        save_settings(user=form.instance, by=request.user, **form.cleaned_data)
        with translation.override(form.cleaned_data["language"]):
            messages.success(request, _("Your settings are saved."))
        return redirect("settings")
    return show(request, form)


@require_POST
def absence_add(request: HttpRequest) -> HttpResponse:
    """Enter days on which I am away."""
    form = AbsenceForm(request.POST)
    mine = {"user": request.user, "by": request.user}
    if form.is_valid() and attempt(form, add_absence, **mine, **form.cleaned_data):
        messages.success(request, _("Your absence is entered."))
        return redirect("settings")
    return show(request, absence=form)


@require_POST
def absence_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one of my absences back."""
    absence = get_object_or_404(Absence.objects.filter(user=request.user), pk=pk)
    remove_absence(absence=absence, by=request.user)
    messages.success(request, _("The absence is removed."))
    return redirect("settings")
