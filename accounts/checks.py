"""`manage.py check`: every address has its row in the table of permissions, and every row its address."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, Tags, register
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.permissions import ACCESS, Scope, access_for


def url_patterns(
    resolver: URLResolver | None = None, namespaces: tuple[str, ...] = ()
) -> Iterator[tuple[str, URLPattern]]:
    """Every URL of the site with its full name ("campaigns:detail"); the view's path where it has none."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            inner = (*namespaces, entry.namespace) if entry.namespace else namespaces
            yield from url_patterns(entry, inner)
        else:
            yield ":".join((*namespaces, entry.name or entry.lookup_str)), entry


@register(Tags.security)
def every_url_has_a_row(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """E001: a URL without a row. E002: a row without a URL. E003: row and view disagree on signing in."""
    found: list[CheckMessage] = []
    used: set[str] = set()
    for name, pattern in url_patterns():
        row = access_for(name)
        if row is None:
            found.append(
                Error(f"The URL {name!r} has no row in accounts/permissions.py.", id="accounts.E001")
            )
            continue
        used.add(name if name in ACCESS else f"{name.rpartition(':')[0]}:*")
        found += _sign_in_agrees(name, pattern)
    lost = sorted(set(ACCESS) - used)
    return found + [
        Error(f"The row {name!r} in accounts/permissions.py has no URL.", id="accounts.E002") for name in lost
    ]


def _sign_in_agrees(name: str, pattern: URLPattern) -> list[CheckMessage]:
    open_view = not getattr(pattern.callback, "login_required", True)
    if open_view == (access_for(name).scope is Scope.PUBLIC) or name not in ACCESS:
        return []
    words = "lets everybody in, but its row is not PUBLIC" if open_view else "is PUBLIC, but asks to sign in"
    return [Error(f"The URL {name!r} {words}.", id="accounts.E003")]
