"""The operators' pages, and the address at which mail services report."""

import json
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.module_loading import import_string
from django.utils.translation import gettext, ngettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.delivery.handling import decide as carry_out
from core.operations.forms import DecideForm, TroubleFilter
from core.operations.queue import Line, lines, overview, troubles
from core.paging import page_urls

# Which secret opens the address of which mail service; anymail checks what it signs.
SERVICES = {
    "brevo": ("WEBHOOK_SECRET", "anymail.webhooks.brevo.BrevoTrackingWebhookView"),
    "mailersend": ("MAILERSEND_SIGNING_SECRET", "anymail.webhooks.mailersend.MailerSendTrackingWebhookView"),
    "mailgun": ("MAILGUN_WEBHOOK_SIGNING_KEY", "anymail.webhooks.mailgun.MailgunTrackingWebhookView"),
    "mailjet": ("WEBHOOK_SECRET", "anymail.webhooks.mailjet.MailjetTrackingWebhookView"),
    "mailtrap": ("MAILTRAP_SIGNING_SECRET", "anymail.webhooks.mailtrap.MailtrapTrackingWebhookView"),
    "postmark": ("WEBHOOK_SECRET", "anymail.webhooks.postmark.PostmarkTrackingWebhookView"),
    "sendgrid": ("WEBHOOK_SECRET", "anymail.webhooks.sendgrid.SendGridTrackingWebhookView"),
    "sparkpost": ("WEBHOOK_SECRET", "anymail.webhooks.sparkpost.SparkPostTrackingWebhookView"),
}


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """What is on its way, and what is stuck."""
    return _show(request)


def _show(request: HttpRequest, wrong: dict[str, Any] | None = None, status: int = 200) -> HttpResponse:
    form = TroubleFilter(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    page, found = troubles(**chosen, page=request.GET.get("page"))
    context = overview() | {
        "form": form,
        "filtered": any(chosen.values()),
        "page": page,
        "lines": found,
        "address": reverse("operations:list"),
        "here": urlencode(
            {name: value for name, value in request.GET.items() if name in ("trouble", "route")}
        ),
        "wrong": wrong or {},
        **page_urls(request, page),
    }
    return render(request, "core/operations/list.html", context, status=status)


@require_POST
def decide(request: HttpRequest) -> HttpResponse:
    """Carry out one decision about the chosen messages; what cannot be done is said for each."""
    form = DecideForm(request.POST)
    if not form.is_valid():
        problems = [str(words) for errors in form.errors.values() for words in errors]
        wrong = {
            "problems": problems,
            "reason": request.POST.get("reason", ""),
            "rows": request.POST.getlist("row"),
        }
        return _show(request, wrong, status=422)
    chosen = lines(form.cleaned_data["rows"])
    if not chosen:
        messages.error(request, gettext("What was chosen is not there any more."))
    done = sum(_carry_out(request, line, form.cleaned_data) for line in chosen)
    if done:
        said = ngettext("%(count)d message is decided.", "%(count)d messages are decided.", done)
        messages.success(request, said % {"count": done})
    query = request.GET.urlencode()
    return redirect(f"{reverse('operations:list')}{'?' if query else ''}{query}")


def _carry_out(request: HttpRequest, line: Line, given: dict[str, Any]) -> bool:
    try:
        carry_out(line.row, given["decision"], by=request.user, reason=given["reason"])
    except ValidationError as refused:
        messages.error(request, f"{line.title}, {line.person}: {' '.join(refused.messages)}")
        return False
    return True


@csrf_exempt
@login_not_required
@require_http_methods(["POST", "HEAD"])
def mail_events(request: HttpRequest, service: str) -> HttpResponse:
    """Bounces and complaints, as a mail service reports them; 404 unless its secret is configured.

    400 without a valid signature, and for JSON that is none; what goes wrong here is a 500, so that the
    service tries again.
    """
    secret, view = SERVICES.get(service, ("", ""))
    if not secret or not settings.ANYMAIL.get(secret):
        raise Http404
    if request.content_type == "application/json" and not _is_json(request.body):
        return HttpResponseBadRequest("The report is no JSON.", content_type="text/plain")
    return import_string(view).as_view()(request)


def _is_json(body: bytes) -> bool:
    """True of an object or a list; a verifying request without a body is none of our business."""
    try:
        return not body or isinstance(json.loads(body), dict | list)
    except (ValueError, RecursionError):
        return False
