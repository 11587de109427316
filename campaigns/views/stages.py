"""Planning a rollout in stages, and deciding at its checkpoints."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.permissions import can
from campaigns.enums import StageAnswer
from campaigns.forms.stages import CheckpointForm, StagesForm
from campaigns.models import Campaign, Stage
from campaigns.services import stages as service
from campaigns.services.dossier import Dossier
from campaigns.services.plan_rules import is_open
from campaigns.views.plan import CONFLICT, editable
from core.concurrency import StaleVersion

GET_POST = require_http_methods(["GET", "HEAD", "POST"])


@GET_POST
def stages(request: HttpRequest, pk: int) -> HttpResponse:
    """Plan the stages; 409 if the plan was saved in between, with the entries kept."""
    campaign = editable(request, pk)
    if not is_open(campaign):
        return redirect(campaign)
    form = StagesForm(request.POST or None, campaign=campaign)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            version = form.cleaned_data["version"]
            service.set_stages(campaign=campaign, stages=form.stages, by=request.user, expected=version)
        except StaleVersion:
            status = CONFLICT
            words = _(
                "Somebody changed the plan meanwhile. Your entries are kept; look at it, and save again."
            )
            form.add_error(None, words)
            form.data = form.data.copy()
            form.data["version"] = str(campaign.version)
        except ValidationError as error:
            form.take_error(error)
        else:
            messages.success(request, _("The rollout is saved."))
            return redirect(f"{campaign.get_absolute_url()}?all=1#stages")
    context = {"campaign": campaign, "form": form}
    return render(request, "campaigns/stages/edit.html", context, status=status)


@GET_POST
def stage_decide(request: HttpRequest, pk: int, stage_pk: int) -> HttpResponse:
    """Decide at a checkpoint; what was decided before stays readable."""
    found = Campaign.objects.visible_to(request.user).select_related("owner")
    campaign = get_object_or_404(found, pk=pk)
    stage = get_object_or_404(Stage, pk=stage_pk, campaign=campaign)
    if not can(request.user, "stage.decide", campaign):
        raise PermissionDenied(_("Only the owner or a manager of all its regions decides here."))
    form = CheckpointForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        answer, learned = StageAnswer(form.cleaned_data["answer"]), form.cleaned_data["learned"]
        try:
            service.decide(stage=stage, answer=answer, learned=learned, by=request.user)
        except ValidationError as error:
            form.take_error(error)
        else:
            messages.success(request, _("The decision is kept, with your name and reason."))
            return redirect(f"{campaign.get_absolute_url()}?all=1#stages")
    steps = service.steps_of(Dossier(campaign))
    step = next(step for step in steps if step.stage.pk == stage.pk)
    later = [region for one in steps if one.number > step.number for region in one.regions]
    context = {"campaign": campaign, "form": form, "step": step, "later": later}
    return render(request, "campaigns/stages/decide.html", context)
