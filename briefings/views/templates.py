"""Templates of briefings: listed, made (also from a draft), edited, deleted."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import User
from accounts.permissions import can
from briefings.forms import TemplateForm
from briefings.forms_rows import QuestionFormSet, QuestionRows
from briefings.models import BriefingTemplate
from briefings.services import templates
from briefings.services.content import CONTEXT_TOKENS, token_labels, written
from briefings.views.common import writable_briefing
from core.concurrency import StaleVersion

QUESTIONS = "questions"


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """All templates by name."""
    found = BriefingTemplate.objects.visible_to(request.user).select_related("author")
    context = {"templates": found, "may_write": can(request.user, "briefing_template.write")}
    return render(request, "briefings/author/templates.html", context)


def _require_writer(user: User) -> None:
    if not can(user, "briefing_template.write"):
        raise PermissionDenied(_("Only those who plan campaigns can change templates."))


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    """A new template; `?briefing=7` begins with the words of that draft."""
    _require_writer(request.user)
    template = BriefingTemplate(version=0, language=request.user.language)
    if request.method != "POST":
        _begin_with(request, template)
    return _edit(request, template)


def _begin_with(request: HttpRequest, template: BriefingTemplate) -> None:
    pk = request.GET.get("briefing", "")
    if pk.isdecimal() and len(pk) < 10:
        for name, value in templates.from_briefing(writable_briefing(request.user, int(pk))).items():
            setattr(template, name, value)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a template; briefings made from it stay as they are."""
    template = get_object_or_404(BriefingTemplate.objects.visible_to(request.user), pk=pk)
    _require_writer(request.user)
    return _edit(request, template)


def _edit(request: HttpRequest, template: BriefingTemplate) -> HttpResponse:
    data = request.POST if request.method == "POST" else None
    stored = list(template.questions)
    form = TemplateForm(data, instance=template)
    questions = QuestionFormSet.of(stored, QUESTIONS, data)
    status = 200
    if data is not None:
        status = 422
        if form.is_valid() & questions.is_valid():
            status, questions = _save(request, template, form, questions)
            if not status:
                messages.success(request, _("The template is saved."))
                return redirect("briefings:templates")
    return render(request, "briefings/author/template.html", _page(template, form, questions), status=status)


def _save(
    request: HttpRequest, template: BriefingTemplate, form: TemplateForm, questions: QuestionRows
) -> tuple[int, QuestionRows]:
    """0 when it is saved, else the status with which the form is shown again; and the questions to show."""
    values = form.values | {"questions": questions.rows()}
    try:
        templates.save_template(template=template, by=request.user, values=values, expected=form.seen_version)
    except StaleVersion as stale:
        form.show_conflict(stale.current, at=stale.current.changed_at)
        return 409, questions.merged(stale.current.questions)
    except ValidationError as refused:
        for name, words in refused.message_dict.items():
            form.add_error(name if name in form.fields else None, words)
        return 422, questions
    return 0, questions


def _page(template: BriefingTemplate, form: TemplateForm, questions: QuestionRows) -> dict[str, Any]:
    labels = token_labels()
    return {
        "template": template,
        "form": form,
        "questions": questions,
        "tokens": [{"token": written(key), "label": labels[key], "text": ""} for key in CONTEXT_TOKENS],
    }


@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete a template as it was seen."""
    template = get_object_or_404(BriefingTemplate.objects.visible_to(request.user), pk=pk)
    _require_writer(request.user)
    seen = request.POST.get("version", "")
    expected = int(seen) if seen.isdecimal() and len(seen) < 10 else 0
    try:
        templates.delete_template(template=template, by=request.user, expected=expected)
    except StaleVersion:
        messages.error(request, _("Somebody changed this template meanwhile; it was not deleted."))
        return redirect("briefings:template_edit", pk)
    messages.success(request, _("The template is deleted. Briefings made from it stay."))
    return redirect("briefings:templates")
