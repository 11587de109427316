"""Pages for what went wrong: what happened, what was kept, what to do. The 500 page needs no database."""

from typing import Any

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.csrf import requires_csrf_token

from core.middleware import session_lost


def _page(request: HttpRequest, status: int, reason: str = "") -> HttpResponse:
    return render(request, f"errors/{status}.html", {"reason": reason}, status=status)


@requires_csrf_token
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400; says of the cause, which may be an attack, only that it was too much. Stands without session and
    database."""
    too_much = isinstance(exception, RequestDataTooBig | TooManyFieldsSent)
    return HttpResponse(render_to_string("errors/400.html", {"too_much": too_much}), status=400)


@requires_csrf_token
def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403 for what may be seen but not changed; the view's own words are shown when it gave some."""
    return _page(request, 403, str(exception))


@requires_csrf_token
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404, also for what this person may not see."""
    return _page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500, from a template that asks nothing of the request, the session or the database."""
    return HttpResponse(render_to_string("errors/500.html"), status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form with an old token. Sent from our own page (the browser says so), it keeps its entries."""
    if request.method == "POST" and request.headers.get("Sec-Fetch-Site") == "same-origin":
        return session_lost(request, status=403)
    return render(request, "errors/403_csrf.html", status=403)


def conflict(request: HttpRequest, context: dict[str, Any] | None = None) -> HttpResponse:
    """409 for an action (no form) whose record was changed in between."""
    return render(request, "errors/409.html", context, status=409)
