"""Einklang as an installed app: its manifest, its service worker, and the page for lost connections."""

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

# As in static/css/tokens.css: --ek-paper and --ek-accent.
PAPER, ACCENT = "#faf9f7", "#7a2a66"
ICONS = ((192, "any"), (512, "any"), (512, "maskable"))
# Pages worth a long press on the app's icon: label, URL name.
SHORTCUTS = ((gettext_lazy("Running now"), "desk:now"), (gettext_lazy("Briefings"), "briefings:inbox"))
# Briefings a device keeps, and for how long (days): beyond that nobody should rely on them.
KEPT, KEPT_DAYS = 30, 7


def _shortcuts() -> list[dict[str, str]]:
    found = []
    for label, name in SHORTCUTS:
        try:
            found.append({"name": str(label), "url": reverse(name)})
        except NoReverseMatch:
            continue
    return found


@login_not_required
@require_safe
def manifest(request: HttpRequest) -> JsonResponse:
    """The web app manifest, in the reader's language."""
    icons = [
        {
            "src": static(f"img/app-{size}{'-maskable' if purpose == 'maskable' else ''}.png"),
            "sizes": f"{size}x{size}",
            "type": "image/png",
            "purpose": purpose,
        }
        for size, purpose in ICONS
    ]
    words: dict[str, Any] = {
        "id": "/",
        "name": "Einklang",
        "short_name": "Einklang",
        "description": _("Campaigns that everybody knows of before the customer does."),
        "lang": get_language(),
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": PAPER,
        "theme_color": ACCENT,
        "icons": icons,
        "shortcuts": _shortcuts(),
    }
    return JsonResponse(words, content_type="application/manifest+json")


@login_not_required
@never_cache
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker: keeps the briefings read last for the time without a connection."""
    addresses = {
        "offline": reverse("offline"),
        "login": reverse(settings.LOGIN_URL),
        "logout": reverse("account_logout"),
        "static": settings.STATIC_URL,
    }
    context = {"addresses": addresses, "kept": KEPT, "days": KEPT_DAYS}
    return render(request, "core/worker.js", context, content_type="text/javascript")


@login_not_required
@never_cache
@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """What is shown without a connection; the browser itself lists the briefings that the device keeps."""
    return render(request, "core/offline.html")
