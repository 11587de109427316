"""The API under /api/v1/: signed-in people with their own rights, the same services as the pages.

Errors are problem details (RFC 9457): {"type", "title", "status", "detail", "errors": {field: [messages]}}.
"""

import json
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import HttpError
from ninja.errors import ValidationError as RequestError
from ninja.security import SessionAuth

from campaigns.api import router as campaigns
from campaigns.api_money import router as money
from core.concurrency import StaleVersion

# Where ninja found a field; people name only the field.
AROUND = ("body", "payload", "path", "query")
# SessionAuth asks for the CSRF token on everything that writes.
api = NinjaAPI(title="Einklang", version="1.0.0", auth=SessionAuth(), docs_url=None)
api.add_router("/campaigns", campaigns)
api.add_router("/campaigns", money)


def problem(
    request: HttpRequest,
    status: int,
    title: str,
    detail: str = "",
    errors: dict[str, list[str]] | None = None,
) -> HttpResponse:
    """An answer that says what went wrong, and at which field."""
    body: dict[str, Any] = {"type": "about:blank", "title": title, "status": status}
    body |= {"detail": detail} if detail else {}
    body |= {"errors": errors} if errors else {}
    return HttpResponse(json.dumps(body), status=status, content_type="application/problem+json")


@api.exception_handler(ValidationError)
def refused(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """What a service refused, by field."""
    errors = error.message_dict if hasattr(error, "error_dict") else {}
    detail = "" if errors else " ".join(error.messages)
    return problem(request, 422, _("This cannot be saved."), detail, errors)


@api.exception_handler(RequestError)
def malformed(request: HttpRequest, error: RequestError) -> HttpResponse:
    """A body that is not what the address takes."""
    errors: dict[str, list[str]] = {}
    for item in error.errors:
        field = ".".join(
            str(part) for part in item["loc"] if part not in ("body", "payload", "path", "query")
        )
        errors.setdefault(field, []).append(item["msg"])
    return problem(request, 422, _("This cannot be read."), errors=errors)


@api.exception_handler(StaleVersion)
def stale(request: HttpRequest, error: StaleVersion) -> HttpResponse:
    """Somebody saved in between."""
    detail = _("The version is now %(version)d.") % {"version": error.current.version}
    return problem(request, 409, str(error), detail)


@api.exception_handler(PermissionDenied)
def forbidden(request: HttpRequest, error: PermissionDenied) -> HttpResponse:
    """It may be seen, but not changed."""
    return problem(request, 403, _("You may not do this."), str(error))


@api.exception_handler(Http404)
def missing(request: HttpRequest, error: Http404) -> HttpResponse:
    """There is nothing of that kind, or the person may not see it."""
    return problem(request, 404, _("There is no such thing."))


@api.exception_handler(HttpError)
def other(request: HttpRequest, error: HttpError) -> HttpResponse:
    """Anything else that has a status."""
    return problem(request, error.status_code, str(error))
