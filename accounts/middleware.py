"""The role part of the table of permissions, before any view runs."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse

from accounts.permissions import Scope, access_for

SAFE = ("GET", "HEAD", "OPTIONS")


class AccessMiddleware:
    """Asks accounts.permissions.ACCESS: 404 for a role that may not see an address, 403 if it may not act.

    An address without a row is closed: ImproperlyConfigured where ACCESS_STRICT is on (tests), else 404.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> None:
        """Let the request through or raise Http404 or PermissionDenied."""
        name = request.resolver_match.view_name
        row = access_for(name)
        if row is None:
            if getattr(settings, "ACCESS_STRICT", settings.DEBUG):
                raise ImproperlyConfigured(f"The URL {name!r} has no row in accounts/permissions.py:ACCESS.")
            raise Http404
        if row.scope is Scope.PUBLIC:
            return
        # Whoever is not signed in has been sent to the sign-in page before; this only holds if that fails.
        roles = request.user.rights.roles if request.user.is_authenticated else None
        if roles is None or not row.may_see(roles):
            raise Http404
        if request.method not in SAFE and not row.may_do(roles):
            raise PermissionDenied
