"""Answering the check of understanding on its own; confirming (views/reader.py) takes answers along, too."""

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from briefings.errors import NotAddressed, Superseded
from briefings.services.checking import answer_all
from briefings.views import reader


@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the answers given; the page then says which are right and explains the others."""
    version = reader.posted_version(request, pk)
    try:
        given = answer_all(version=version, user=request.user, chosen=reader.posted_answers(request))
    except NotAddressed as refused:
        raise Http404 from refused
    except Superseded as newer:
        return reader.show_newer(request, newer)
    except ValidationError as error:
        return reader.show_current(request, pk, problem=" ".join(error.messages))
    if not given:
        return reader.show_current(request, pk, problem=_("Please choose an answer."))
    if request.htmx:
        return reader.show_current(request, pk, status=200)
    return redirect(f"{reverse('briefings:read', args=[pk])}#check")
