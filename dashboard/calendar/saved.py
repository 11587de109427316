"""Saved views: opening, saving, renaming, sharing, deleting."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from campaigns.models import SavedView
from campaigns.permissions import PLANS
from campaigns.services import saved_views
from dashboard.calendar.chosen import CALENDAR, TIMELINE, Chosen
from dashboard.calendar.forms import SavedViewForm


def chosen_in(view: SavedView) -> Chosen:
    """What a saved view shows now."""
    return Chosen.from_query(view.page, QueryDict(view.query), timezone.localdate())


@require_GET
def view_list(request: HttpRequest) -> HttpResponse:
    """My views and those that colleagues share."""
    views = SavedView.objects.visible_to(request.user).select_related("owner")
    context = {"views": views, "may_share": request.user.rights.has(*PLANS)}
    return render(request, "dashboard/calendar/views.html", context)


@require_GET
def view_open(request: HttpRequest, pk: int) -> HttpResponse:
    """To the page as it was saved."""
    view = get_object_or_404(SavedView.objects.visible_to(request.user), pk=pk)
    return redirect(chosen_in(view).url())


@require_POST
def view_save(request: HttpRequest) -> HttpResponse:
    """Keep what is shown now. The period is not kept: a view of this month is one of next month, too."""
    form = SavedViewForm(request.POST)
    page = TIMELINE if request.POST.get("page") == TIMELINE else CALENDAR
    shown = Chosen.from_query(page, QueryDict(request.POST.get("query", "")[:1000]), timezone.localdate())
    if not form.is_valid():
        messages.error(request, _("The view was not saved: it needs a name."))
        return redirect(shown.url())
    data = form.cleaned_data
    try:
        saved_views.save_view(
            by=request.user,
            name=data["name"].strip(),
            page=page,
            query=shown.query(on=None, skip=0),
            shared=data["shared"],
        )
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("The view “%(name)s” is saved.") % {"name": data["name"]})
    return redirect(shown.url())


def own(request: HttpRequest, pk: int) -> SavedView:
    """One's own view; 404 for others' private ones, 403 for shared ones."""
    view = get_object_or_404(SavedView.objects.visible_to(request.user), pk=pk)
    if view.owner_id != request.user.pk:
        raise PermissionDenied(_("Only the person who saved this view changes it."))
    return view


@require_POST
def view_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Rename or share."""
    view, form = own(request, pk), SavedViewForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("The view was not saved: it needs a name."))
        return redirect("calendar_views")
    data = form.cleaned_data
    try:
        saved_views.change_view(view=view, by=request.user, name=data["name"].strip(), shared=data["shared"])
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("The view is changed."))
    return redirect("calendar_views")


@require_POST
def view_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete."""
    saved_views.delete_view(view=own(request, pk), by=request.user)
    messages.success(request, _("The view is deleted."))
    return redirect("calendar_views")
