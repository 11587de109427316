"""Appearance and language: changed from the menu on every page, before and after signing in."""

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from core.templatetags.shell import THEMES

YEAR = 365 * 24 * 3600


def _back(request: HttpRequest) -> HttpResponse:
    """To the page the person came from, if it is one of ours; nothing at all for a script."""
    if request.headers.get("X-Requested-With"):
        return HttpResponse(status=204)
    came_from = request.META.get("HTTP_REFERER", "")
    ours = url_has_allowed_host_and_scheme(came_from, {request.get_host()}, require_https=request.is_secure())
    return redirect(came_from if ours else "/")


def _keep(request: HttpRequest, response: HttpResponse, field: str, value: str, cookie: str) -> HttpResponse:
    """Remember a choice in the person's settings and, for the time before signing in, in a cookie."""
    user: Any = request.user
    if user.is_authenticated and getattr(user, field, value) != value:
        setattr(user, field, value)
        user.save(update_fields=[field])
    response.set_cookie(cookie, value, max_age=YEAR, samesite="Lax", secure=request.is_secure())
    return response


@login_not_required
@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """Change light and dark; an unknown value changes nothing."""
    theme = request.POST.get("theme", "")
    response = _back(request)
    return _keep(request, response, "theme", theme, "theme") if theme in THEMES else response


@login_not_required
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Change the language of the interface; an unknown value changes nothing."""
    code = request.POST.get("language", "")
    response = _back(request)
    if code not in dict(settings.LANGUAGES):
        return response
    return _keep(request, response, "language", code, settings.LANGUAGE_COOKIE_NAME)
