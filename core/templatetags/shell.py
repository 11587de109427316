"""The frame around every page. What is the same for many requests is rendered once per process and kept."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django import template
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from core import navigation
from core.demo import DemoSignIn, demo_sign_ins
from core.templatetags.ui import avatar, person_name

register = template.Library()
THEMES = ("auto", "light", "dark")
# What stands in kept pieces for the request's own token and the person's name.
CSRF_PLACE = "csrf-token-of-this-request"
PERSON_PLACE = "person-of-this-request"


@dataclass(frozen=True)
class Shell:
    """What base.html shows around the content."""

    lang: str
    theme: str
    user: Any
    side: str
    tabbar: str
    top: str
    templates: str

    @property
    def mode(self) -> str:
        """The theme the page starts in; `auto` is decided by theme.js before anything is painted."""
        return "dark" if self.theme == "dark" else "light"


def theme_of(request: HttpRequest | None, user: Any) -> str:
    """The theme of the person's settings, else of the cookie, else `auto`."""
    theme = getattr(user, "theme", "") or (request.COOKIES.get("theme", "") if request else "")
    return theme if theme in THEMES else "auto"


@lru_cache(maxsize=2048)
def _piece(name: str, lang: str, keys: tuple[str, ...], current: str, theme: str) -> str:
    """A kept piece of the frame; `lang` is only its key, since rendering uses the active language."""
    return render_to_string(
        f"components/shell/{name}.html",
        {
            "sections": [
                (section, [i for i in navigation.items(keys) if i.section == section])
                for section in navigation.SECTIONS
            ],
            "tabs": navigation.tabs(keys),
            "current": current,
            "theme": theme,
            "lang": lang,
            "search_url": navigation.search_address(keys),
            "badges_url": navigation.address("nav_badges"),
            "csrf_place": CSRF_PLACE,
            "person_place": PERSON_PLACE,
        },
    )


@register.simple_tag(takes_context=True)
def shell(context: template.Context) -> Shell:
    """`{% shell as shell %}`: language, theme and the menus for the person who asks."""
    request: HttpRequest | None = context.get("request")
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return Shell(get_language() or "en", theme_of(request, None), None, "", "", "", "")
    lang, theme = get_language() or "en", theme_of(request, user)
    keys = navigation.keys_for(user)
    current = context.get("nav_current") or navigation.current_key(keys, request.path)
    key = (lang, keys, current, theme)
    side = _piece("side", *key).replace(PERSON_PLACE, _person(user))
    side = side.replace(CSRF_PLACE, str(context.get("csrf_token", "")))
    return Shell(
        lang,
        theme,
        user,
        mark_safe(side),
        mark_safe(_piece("tabbar", *key)),
        mark_safe(_piece("top", *key)),
        mark_safe(_piece("templates", *key)),
    )


def _person(user: Any) -> SafeString:
    """Initials, name and address for the foot of the side menu."""
    return format_html(
        '{}<span class="ek-side__who"><b>{}</b><span class="ek-meta">{}</span></span>',
        avatar(user),
        person_name(user),
        user.email,
    )


@register.simple_tag
def nav_address(item: navigation.NavItem) -> str:
    """The address of a menu item."""
    return navigation.address(item.url_name)


@register.simple_tag
def page_address(name: str) -> str:
    """The address of a page that an app may or may not bring; empty when it does not."""
    return navigation.address(name)


@register.simple_tag
def page_assets() -> SafeString:
    """Style sheets and scripts, whose addresses are looked up once."""
    return mark_safe(_assets())


@lru_cache(maxsize=1)
def _assets() -> str:
    return render_to_string("components/shell/assets.html")


@register.simple_tag
def demo_people() -> list[DemoSignIn]:
    """Who can try Einklang out here; nobody unless everything is embedded on this machine."""
    return demo_sign_ins()
