"""Links for people outside to one's own saved view."""

from functools import partial

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.permissions import can
from campaigns.forms.links import LinkForm
from campaigns.models import SavedView
from campaigns.services import share_links as service
from campaigns.views.links import answer, offered
from dashboard.calendar.saved import own


@require_http_methods(["GET", "HEAD", "POST"])
def view_links(request: HttpRequest, pk: int) -> HttpResponse:
    """The links of a view and a form for another. A new address is shown once, in the answer to it."""
    view = _own(request, pk)
    form, address = offered(request, LinkForm, partial(service.share_view, view=view))
    rows = service.with_states(view.share_links.select_related("by", "revoked_by", "view"))
    context = {"view": view, "revoke_name": "calendar_view_link_revoke", "form": form}
    return answer(request, "dashboard/calendar/links.html", context, rows, address)


def _own(request: HttpRequest, pk: int) -> SavedView:
    view = own(request, pk)
    if not can(request.user, "link.make_view", view):
        raise PermissionDenied(_("Links for people outside are made by people who plan campaigns."))
    return view


@require_POST
def view_link_revoke(request: HttpRequest, pk: int, link_pk: int) -> HttpResponse:
    """Let a link open nothing any more."""
    view = _own(request, pk)
    link = get_object_or_404(view.share_links.select_related("by"), pk=link_pk)
    service.revoke(link=link, by=request.user)
    messages.success(request, _("The link for %(label)s no longer opens.") % {"label": link.label})
    return redirect("calendar_view_links", pk)
