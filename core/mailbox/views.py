"""Pages of the trial's mailbox: open without sign-in, yet only in a trial and only from this machine."""

from collections.abc import Callable
from functools import wraps
from ipaddress import ip_address

from csp.decorators import csp_replace
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from core.mailbox import store

MAILS_PER_PAGE = 25
View = Callable[..., HttpResponse]


def trial_only(view: View) -> View:
    """404 unless all parts are embedded and the request comes straight from this machine."""

    @login_not_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not settings.EMBEDDED or not _is_from_here(request):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def _is_from_here(request: HttpRequest) -> bool:
    """A proxy in front would make every caller look local: its headers count as a stranger."""
    if {"HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP"} & request.META.keys():
        return False
    try:
        return ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


@trial_only
@require_safe
def mail_list(request: HttpRequest) -> HttpResponse:
    """The caught mails, newest first, a page at a time."""
    page = Paginator(store.all_mails(), MAILS_PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "total": _how_many(page.paginator.count)}
    if page.has_previous():
        context["newer_url"] = f"?page={page.previous_page_number()}"
    if page.has_next():
        context["older_url"] = f"?page={page.next_page_number()}"
    return render(request, "core/mailbox_list.html", context)


def _how_many(count: int) -> str:
    return ngettext("%(n)d mail", "%(n)d mails", count) % {"n": count}


@trial_only
@require_safe
def mail_page(request: HttpRequest, key: str) -> HttpResponse:
    """One mail: envelope, text, HTML in a sandbox, names of attachments."""
    trail = [(reverse("mailbox:list"), _("Caught mail"))]
    return render(request, "core/mailbox_mail.html", {"mail": _mail_or_404(key), "trail": trail})


@trial_only
@require_safe
@xframe_options_sameorigin
@csp_replace(
    {
        "default-src": ["'none'"],
        "style-src": ["'unsafe-inline'"],
        "img-src": ["data:"],
        "frame-ancestors": ["'self'"],
        "sandbox": ["allow-popups", "allow-popups-to-escape-sandbox"],
    }
)
def mail_html(request: HttpRequest, key: str) -> HttpResponse:
    """The HTML body alone, for the frame: no scripts, no outside content, an origin of its own.

    Links open beside the frame: the pages they lead to refuse to be framed.
    """
    return HttpResponse(f'<base target="_blank">{_mail_or_404(key).html}')


@trial_only
@require_POST
def delete_all(request: HttpRequest) -> HttpResponse:
    """Empty the mailbox."""
    count = store.delete_all()
    messages.success(request, ngettext("%(n)d mail deleted.", "%(n)d mails deleted.", count) % {"n": count})
    return redirect("mailbox:list")


def _mail_or_404(key: str) -> store.CaughtMail:
    found = store.mail(key)
    if found is None:
        raise Http404
    return found
