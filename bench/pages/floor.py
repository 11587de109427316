"""The floor: what Django itself needs to sign a person in and to show as many rows from one query.

It goes through the same middleware, session and table of permissions as every page of the product, and is
what one would write first: a queryset and a template. It must never be changed to make a ratio look better.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path
from django.views.decorators.http import require_GET

from campaigns.models import Campaign


@require_GET
def floor(request: HttpRequest) -> HttpResponse:
    """The `rows` newest campaigns."""
    newest = Campaign.objects.select_related("owner").order_by("-starts_on", "-pk")
    return render(request, "bench/floor.html", {"campaigns": newest[: int(request.GET["rows"])]})


urlpatterns = [path("floor/", floor, name="floor"), path("", include("config.urls"))]
handler400 = "core.errors.bad_request"
handler403 = "core.errors.forbidden"
handler404 = "core.errors.not_found"
handler500 = "core.errors.server_error"
