"""The side menu and the phone's bottom bar: each app registers its own pages in AppConfig.ready().

    register_nav("campaigns", _("Campaigns"), "megaphone", "campaign_list", "main", order=20, tab=2,
                 allowed=may_see_campaigns)

An item is shown when its URL exists and `allowed(user)` says yes. The current one is found by the longest
address that the page's path starts with; a view may say `nav_current` in its context instead.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.urls import NoReverseMatch, reverse

SECTIONS = ("main", "service", "base")
TABS = 4
# The menu item whose page searches.
SEARCH = "desk"


def anybody(user: Any) -> bool:
    """Everyone who is signed in."""
    return bool(user.is_authenticated)


@dataclass(frozen=True)
class NavItem:
    """A page in the menu. `tab` is its rank for the phone's bottom bar, 0 for never."""

    key: str
    label: Any
    icon: str
    url_name: str
    section: str
    allowed: Callable[[Any], bool]
    badge_key: str
    order: int
    tab: int


_items: dict[str, NavItem] = {}


def register_nav(
    key: str,
    label: Any,
    icon: str,
    url_name: str,
    section: str = "main",
    *,
    allowed: Callable[[Any], bool] = anybody,
    badge_key: str = "",
    order: int = 50,
    tab: int = 0,
) -> None:
    """Put a page into the menu; ValueError for an unknown section or a key that is taken by another page."""
    if section not in SECTIONS:
        raise ValueError(f"{key}: there is no section {section}")
    item = NavItem(key, label, icon, url_name, section, allowed, badge_key, order, tab)
    if _items.setdefault(key, item).url_name != url_name:
        raise ValueError(f"the menu item {key} is registered twice")
    _items[key] = item
    _ordered.cache_clear()
    address.cache_clear()


@lru_cache(maxsize=1)
def _ordered() -> tuple[NavItem, ...]:
    return tuple(sorted(_items.values(), key=lambda item: (SECTIONS.index(item.section), item.order)))


@lru_cache(maxsize=256)
def address(url_name: str) -> str:
    """The address of a named page, empty when no app brings it."""
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""


def keys_for(user: Any) -> tuple[str, ...]:
    """The keys of the items that this person sees, in menu order."""
    return tuple(item.key for item in _ordered() if address(item.url_name) and item.allowed(user))


def badges_for(user: Any) -> list[str]:
    """The badge keys of the items that this person sees; only these have a place in his menu."""
    return [item.badge_key for item in items(keys_for(user)) if item.badge_key]


def items(keys: Iterable[str]) -> list[NavItem]:
    """The items of these keys, in the given order."""
    return [_items[key] for key in keys]


def search_address(keys: Iterable[str]) -> str:
    """Where the search box leads: to what is running now, for everybody who may open that; else empty."""
    return address(_items[SEARCH].url_name) if SEARCH in keys else ""


def tabs(keys: Iterable[str]) -> list[NavItem]:
    """At most four items for the bottom bar, by rank; the fifth place is the whole menu."""
    return sorted((item for item in items(keys) if item.tab), key=lambda item: item.tab)[:TABS]


def current_key(keys: Iterable[str], path: str) -> str:
    """The key of the item whose address `path` starts with, the longest one; empty when none does."""
    best, length = "", 0
    for item in items(keys):
        url = address(item.url_name)
        if path == url or (url != "/" and path.startswith(url.rstrip("/") + "/")):
            best, length = (item.key, len(url)) if len(url) > length else (best, length)
    return best
