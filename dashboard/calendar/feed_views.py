"""The feed for calendar programs: making, revoking and reading its secret address."""

from hashlib import sha256

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from campaigns.models import CalendarFeed
from campaigns.services.calendar_feed import make_feed, reader_of, revoke_feed
from core.emails import absolute
from dashboard.calendar.feed import feed_for

FRESH_SECONDS = 300


@require_http_methods(["GET", "HEAD", "POST"])
def feed_page(request: HttpRequest) -> HttpResponse:
    """Subscribing in one's own calendar. A new address is shown once, in the answer that made it."""
    address = ""
    if request.method == "POST":
        address = absolute(reverse("calendar_feed_read", args=[make_feed(by=request.user)]))
    feed = CalendarFeed.objects.filter(user=request.user).first()
    context = {
        "feed": feed,
        "address": address,
        "webcal": "webcal:" + address.partition(":")[2] if address else "",
    }
    response = render(request, "dashboard/calendar/feed.html", context)
    patch_cache_control(response, no_store=True, private=True)
    return response


@require_POST
def feed_revoke(request: HttpRequest) -> HttpResponse:
    """Let the address stop working."""
    revoke_feed(by=request.user)
    messages.success(request, _("The address no longer works."))
    return redirect("calendar_feed")


@login_not_required
@require_GET
def feed_read(request: HttpRequest, token: str) -> HttpResponse:
    """The feed itself, for whoever has its address; 404 for an old or guessed one."""
    user = reader_of(token)
    if user is None:
        raise Http404
    body = feed_for(user, timezone.now())
    etag = quote_etag(sha256(body).hexdigest()[:32])
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response.headers["ETag"] = etag
    response.headers["Content-Disposition"] = 'inline; filename="einklang.ics"'
    response.headers["X-Robots-Tag"] = "noindex"
    patch_cache_control(response, private=True, max_age=FRESH_SECONDS)
    return get_conditional_response(request, etag=etag, response=response)
