"""Campaigns made from earlier ones and from templates."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.permissions import can
from campaigns.forms.copies import CopyForm, TemplateEditForm, TemplateForm
from campaigns.models import Campaign, CampaignTemplate
from campaigns.services import copying as service
from campaigns.views.plan import editable
from campaigns.views.strategy import save

GET_POST = require_http_methods(["GET", "HEAD", "POST"])


@GET_POST
def copy(request: HttpRequest, pk: int) -> HttpResponse:
    """A new campaign from this one, as it is now."""
    found = Campaign.objects.visible_to(request.user).select_related("goal", "theme", "owner")
    campaign = get_object_or_404(found, pk=pk)
    _need_right(request)
    return _made_from(request, service.of_campaign(campaign))


@GET_POST
def from_template(request: HttpRequest, template_pk: int) -> HttpResponse:
    """A new campaign from a template."""
    template = get_object_or_404(CampaignTemplate, pk=template_pk)
    return _made_from(request, service.of_template(template))


def _need_right(request: HttpRequest) -> None:
    if not can(request.user, "campaign.create"):
        raise PermissionDenied


def _made_from(request: HttpRequest, source: service.Source) -> HttpResponse:
    form = CopyForm(request.POST or None, source=source)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = service.make_copy(
                source=source,
                name=data["name"],
                starts_on=data["starts_on"],
                ticked=data["parts"],
                submission=data["submission"],
                by=request.user,
            )
        except ValidationError as error:
            form.take_error(error)
        else:
            messages.success(request, _("The campaign is made, as a draft of its own."))
            return redirect(made)
    return render(request, "campaigns/copies/copy.html", {"form": form, "source": source})


@require_safe
def templates(request: HttpRequest) -> HttpResponse:
    """All templates, with what each brings along."""
    found = CampaignTemplate.objects.select_related("by")
    may = {row.pk: can(request.user, "template.drop", row) for row in found}
    rows = [(row, (row.ends_on - row.starts_on).days + 1, may[row.pk]) for row in found]
    return render(request, "campaigns/copies/templates.html", {"rows": rows})


@GET_POST
def template_keep(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep a campaign as a template."""
    campaign = editable(request, pk)
    form = TemplateForm(request.POST or None, initial={"name": campaign.name[:120]})
    if request.method == "POST" and form.is_valid():
        try:
            service.keep_as_template(campaign=campaign, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            for place, words in error.message_dict.items():
                form.add_error(place, words)
        else:
            messages.success(request, _("The template is kept."))
            return redirect("campaigns:templates")
    return render(request, "campaigns/copies/keep.html", {"form": form, "campaign": campaign})


@GET_POST
def template_edit(request: HttpRequest, template_pk: int) -> HttpResponse:
    """Another name, another note."""
    template = get_object_or_404(CampaignTemplate, pk=template_pk)
    if not can(request.user, "template.drop", template):
        raise PermissionDenied(_("A template is changed by whoever kept it, by managers and admins."))
    form = TemplateEditForm(request.POST or None, instance=template)
    status = 200
    if request.method == "POST" and form.is_valid():
        fresh = CampaignTemplate.objects.get(pk=template_pk)
        status = save(
            form,
            lambda expected: service.change_template(
                template=fresh, by=request.user, expected=expected, **form.values
            ),
        )
        if not status:
            messages.success(request, _("The template is saved."))
            return redirect("campaigns:templates")
    context = {"form": form, "template": template}
    return render(request, "campaigns/copies/edit.html", context, status=status)


@require_POST
def template_drop(request: HttpRequest, template_pk: int) -> HttpResponse:
    """Throw a template away."""
    template = get_object_or_404(CampaignTemplate, pk=template_pk)
    service.drop_template(template=template, by=request.user)
    messages.success(request, _("The template is gone; campaigns made from it stay."))
    return redirect("campaigns:templates")


@require_POST
def fact_checked(request: HttpRequest, pk: int) -> HttpResponse:
    """A fact that came along still holds."""
    campaign = get_object_or_404(Campaign.objects.visible_to(request.user), pk=pk)
    service.checked(campaign=campaign, key=request.POST.get("key", ""), by=request.user)
    return redirect(f"{campaign.get_absolute_url()}?all=1#origin")
