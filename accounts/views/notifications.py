"""How messages reach me: my wishes, a test of my chat, and what Einklang has told me."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.forms import attach
from accounts.forms_notifications import NotificationForm
from accounts.services import save_notifications, send_test
from accounts.services.notifications import notices_of
from accounts.views.settings import fresh, show
from core.paging import page_urls

PER_PAGE = 25


@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Save how messages reach me."""
    form = NotificationForm(request.POST, instance=fresh(request.user).preferences)
    if form.is_valid():
        try:
            save_notifications(user=request.user, by=request.user, **form.wishes())
        except ValidationError as refusal:
            attach(form, _at_its_place(refusal))
        else:
            messages.success(request, _("Saved. What still waits for you comes this way, too."))
            return redirect("settings")
    return show(request, notify=form)


def _at_its_place(refusal: ValidationError) -> ValidationError:
    """The form calls the chat's address by another name."""
    found = refusal.message_dict if hasattr(refusal, "error_dict") else {"__all__": refusal.messages}
    return ValidationError(
        {("chat_secret" if name == "chat_url" else name): said for name, said in found.items()}
    )


@require_POST
def chat_test(request: HttpRequest) -> HttpResponse:
    """Write into my chat now and say how that went."""
    try:
        answer = send_test(user=fresh(request.user))
    except ValidationError as problem:
        messages.error(request, " ".join(problem.messages))
    else:
        messages.success(request, _("The chat took the test. It said: %(answer)s") % {"answer": answer})
    return redirect("settings")


@require_GET
def notices(request: HttpRequest) -> HttpResponse:
    """Everything that Einklang has told me, newest first, whichever way it went."""
    page = Paginator(notices_of(request.user), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "accounts/notices.html", {"page": page, **page_urls(request, page)})
