"""Around every request: the reader's language and zone, and a lost session that loses nothing."""

import zoneinfo
from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation

# Never written into a page, whatever a form calls them.
SECRETS = ("password", "csrfmiddlewaretoken", "otp", "secret", "token")


class ReaderMiddleware:
    """Speaks the person's language in the person's time zone; before signing in, the browser's language."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        code = getattr(user, "language", "") or translation.get_language_from_request(request)
        with translation.override(code), timezone.override(_zone(getattr(user, "timezone", ""))):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", code)
        return response


def _zone(name: str) -> zoneinfo.ZoneInfo:
    """The named zone, the company's when there is none of that name."""
    try:
        return zoneinfo.ZoneInfo(name or settings.TIME_ZONE)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return zoneinfo.ZoneInfo(settings.TIME_ZONE)


def kept_fields(request: HttpRequest) -> Iterable[tuple[str, str]]:
    """What a form brought, as name and value pairs in order, without secrets."""
    for name, values in request.POST.lists():
        if not any(secret in name.lower() for secret in SECRETS):
            yield from ((name, value) for value in values)


class KeepPostMiddleware(LoginRequiredMiddleware):
    """Every page needs a sign-in unless it says `login_not_required`.

    Reading without a session leads to the sign-in page and back. A form that arrives without a session gets a
    page (401) that keeps what was entered, to be sent again after signing in; htmx gets a plain 401, because
    its page still stands and keeps the entries itself.
    """

    def handle_no_permission(self, request: HttpRequest, view_func: Callable[..., Any]) -> HttpResponseBase:
        """The answer to a request without a session."""
        if request.headers.get("HX-Request"):
            return HttpResponse(status=401, headers={"X-Session": "lost"})
        if request.path.startswith("/api/"):
            body = {"type": "about:blank", "title": "Sign in first.", "status": 401}
            return JsonResponse(body, status=401, content_type="application/problem+json")
        if request.method == "POST":
            return session_lost(request)
        return super().handle_no_permission(request, view_func)


class WrongMethodMiddleware:
    """Whoever opens the address of a button gets a page that says so, not the browser's own error."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        opened = request.method == "GET" and not request.headers.get("HX-Request")
        if opened and isinstance(response, HttpResponseNotAllowed) and not response.content:
            page = render(request, "errors/405.html", status=405)
            page.headers["Allow"] = response.headers["Allow"]
            return page
        return response


def session_lost(request: HttpRequest, status: int = 401) -> HttpResponse:
    """The page that keeps a form's entries until the person has signed in again."""
    context = {
        "kept": list(kept_fields(request)),
        "files": list(request.FILES),
        "action": request.get_full_path(),
        "login_url": reverse(settings.LOGIN_URL),
        "signed_in": request.user.is_authenticated,
    }
    return render(request, "components/session_lost.html", context, status=status)
