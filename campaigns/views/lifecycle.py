"""A campaign's life: the steps with what each will do, the approval, the launch gate."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from campaigns import permissions
from campaigns.enums import DecisionKind, Running
from campaigns.forms.lifecycle import ReasonForm, ShareForm
from campaigns.models import Campaign, CampaignRegion
from campaigns.readiness import approval_lines, early_lines
from campaigns.readiness_card import RegionState, Shown, card_of, in_order, region_state
from campaigns.services import exceptions, snapshot
from campaigns.services.content import canonical_hash
from campaigns.services.dossier import Dossier
from campaigns.services.launch import shared_channels
from campaigns.services.lifecycle import is_over, submit_lines
from campaigns.services.release import Change, compare
from campaigns.services.release import approve as approve_campaign
from campaigns.services.transitions import (
    ANYONE_RUNNING,
    APPROVE,
    CANCEL,
    DISCARD,
    EVALUATE,
    SUBMIT,
    NotAllowed,
    TransitionRefused,
)
from campaigns.views import steps
from campaigns.views.steps import Step, is_open, step_of

GET_POST = require_http_methods(["GET", "HEAD", "POST"])
CONFLICT, INVALID = 409, 422


def visible(request: HttpRequest, pk: int) -> Campaign:
    """The campaign as the person may see it, with what every page of it shows; else 404."""
    found = Campaign.objects.visible_to(request.user).select_related("owner", "release", "goal", "theme")
    return get_object_or_404(found, pk=pk)


def visible_region(request: HttpRequest, pk: int, region_pk: int) -> CampaignRegion:
    """A region of a visible campaign; else 404."""
    campaign = visible(request, pk)
    found = campaign.regions.select_related("region", "release", "launch__exception__by")
    region = get_object_or_404(found, pk=region_pk)
    region.campaign = campaign
    return region


def back(campaign: Campaign, *, to: str = "detail") -> HttpResponse:
    """To a page of the campaign."""
    return redirect(reverse(f"campaigns:{to}", args=[campaign.pk]))


def posted(request: HttpRequest) -> Any:
    """What was sent, also when it is nothing; None for a page that is only opened."""
    return request.POST if request.method == "POST" else None


def attempt(request: HttpRequest, act: Callable[[], Any], done: str) -> TransitionRefused | None:
    """Call the service: None when it is done (the person is told), the refusal when it can be shown.

    Somebody who may not is a 403; what was done before, by a first click or somebody else, is said and counts
    as done.
    """
    try:
        act()
    except NotAllowed as refused:
        raise PermissionDenied(refused.sentence) from None
    except TransitionRefused as refused:
        if not refused.already:
            return refused
        messages.info(request, refused.sentence)
    else:
        messages.success(request, done)
    return None


@GET_POST
def step(request: HttpRequest, pk: int, move: str) -> HttpResponse:
    """One step of the campaign: what will happen, then the step itself."""
    campaign = visible(request, pk)
    found = step_of(move)
    if found is None:
        raise Http404
    if found.slug:
        return _pause_everywhere(request, campaign, found)
    if not found.move.allowed(request.user, campaign):
        raise PermissionDenied(str(found.move.who))
    return _take(request, found, campaign, campaign, reverse("campaigns:detail", args=[pk]))


def _pause_everywhere(request: HttpRequest, campaign: Campaign, found: Step) -> HttpResponse:
    regions = list(campaign.regions.all())
    for region in regions:
        region.campaign = campaign
    if not any(permissions.runs_region(request.user, region) for region in regions):
        raise PermissionDenied(str(found.move.who))
    return _take(request, found, campaign, campaign, reverse("campaigns:gate", args=[campaign.pk]))


@GET_POST
def region_step(request: HttpRequest, pk: int, region_pk: int, move: str) -> HttpResponse:
    """One step of a region."""
    region = visible_region(request, pk, region_pk)
    found = step_of(move, region=True)
    if found is None:
        raise Http404
    if not found.move.allowed(request.user, region):
        raise PermissionDenied(str(found.move.who))
    return _take(request, found, region, region.campaign, reverse("campaigns:gate", args=[pk]))


def _take(
    request: HttpRequest, found: Step, item: Campaign | CampaignRegion, campaign: Campaign, url: str
) -> HttpResponse:
    form = ReasonForm(posted(request), label=found.reason, needed=found.needed)
    refused, status = None, 200
    if request.method == "POST":
        if not form.is_valid():
            status = INVALID
        else:
            reason = form.cleaned_data["reason"]
            refused = attempt(request, lambda: found.run(item, request.user, reason), str(found.done))
            if request.headers.get("HX-Request"):
                return _in_place(request, refused)
            if refused is None:
                return redirect(url)
            status = CONFLICT
    elif not is_open(found, item):
        messages.warning(request, _("This step is not possible any more; the page shows how it stands now."))
        return redirect(url)
    return _step_page(request, found, item, campaign, url, form if found.reason else None, refused, status)


def _in_place(request: HttpRequest, refused: TransitionRefused | None) -> HttpResponse:
    """For a row of Home: nothing to swap in; the list is fetched again and shows the words as a toast."""
    if refused is None:
        return HttpResponse(status=204)
    open_lines = "; ".join(str(line.title) for line in in_order(refused.lines))
    messages.error(request, f"{refused.sentence} {open_lines}".strip())
    return HttpResponse(status=CONFLICT)


def _step_page(
    request: HttpRequest,
    found: Step,
    item: Campaign | CampaignRegion,
    campaign: Campaign,
    url: str,
    form: Form | None,
    refused: TransitionRefused | None,
    status: int,
) -> HttpResponse:
    region = item if isinstance(item, CampaignRegion) else None
    context = {
        "campaign": campaign,
        "region": region,
        "step": found,
        "form": form,
        "back": url,
        "refused": refused,
        "lines": _open_lines(found, item, refused),
        "lost": _lost(item) if found.move is DISCARD and not refused else [],
    }
    return render(request, "campaigns/lifecycle/step.html", context, status=status)


def _lost(campaign: Campaign) -> list[Change]:
    """What a change says otherwise than the release: it goes when the change is discarded."""
    if campaign.release is None:
        return []
    return compare(campaign.release.content, snapshot.build(Dossier(campaign)))


def _open_lines(
    found: Step, item: Campaign | CampaignRegion, refused: TransitionRefused | None
) -> list[Shown]:
    """What still stands against the step, shown before anybody clicks in vain."""
    if refused is not None and refused.lines:
        return [Shown(line) for line in in_order(refused.lines)]
    if found.move is SUBMIT:
        return [Shown(line) for line in in_order([one for one in submit_lines(Dossier(item)) if one.is_open])]
    if found.move.gate:
        return [one for one in region_state(Dossier(item.campaign), item).shown if not one.waived]
    return []


@GET_POST
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Exactly what gets approved, as the difference to the last release; a manager approves what he sees."""
    campaign = visible(request, pk)
    if not APPROVE.allowed(request.user, campaign):
        raise PermissionDenied(str(APPROVE.who))
    refused = None
    if request.method == "POST":
        seen = request.POST.get("seen", "")
        refused = attempt(
            request,
            # Without the hash of what the page showed nothing is approved unseen.
            lambda: approve_campaign(campaign=campaign, by=request.user, seen=seen or "nothing"),
            _("The campaign is approved. Its release is fixed."),
        )
        if refused is None:
            return back(campaign)
    elif campaign.state not in APPROVE.sources:
        messages.warning(request, _("This campaign does not wait for an approval."))
        return back(campaign)
    return _approve_page(request, campaign.pk, refused)


def _approve_page(request: HttpRequest, pk: int, refused: TransitionRefused | None) -> HttpResponse:
    campaign = visible(request, pk)  # read again: it may have changed before the refusal
    dossier = Dossier(campaign)
    content = snapshot.build(dossier)
    last = campaign.release.content if campaign.release else None
    lines = approval_lines(dossier)
    context = {
        "campaign": campaign,
        "dossier": dossier,
        "content": content,
        "seen": canonical_hash(content),
        "changes": compare(last, content),
        "last": campaign.release,
        "refused": refused,
        "open": [Shown(line) for line in in_order([line for line in lines if line.is_open])],
        "done": [Shown(line) for line in lines if not line.is_open],
    }
    return render(request, "campaigns/lifecycle/approve.html", context, status=CONFLICT if refused else 200)


@require_safe
def gate(request: HttpRequest, pk: int) -> HttpResponse:
    """Every condition for every region, and the steps that this person can take."""
    return gate_page(request, visible(request, pk))


def gate_page(
    request: HttpRequest, campaign: Campaign, *, wrong: dict[int, Form] | None = None, status: int = 200
) -> HttpResponse:
    """The page of the gate; `wrong` holds a form for an exception, by region, that was not accepted."""
    dossier = Dossier(campaign)
    card = card_of(dossier)
    forms = wrong or {}
    regions = [
        {
            "state": state,
            "steps": region_steps(state, request.user),
            "waiver": forms.get(state.region.pk) or waiver_form(state, request.user),
            "early": _early(dossier, state),
        }
        for state in card.regions or [region_state(dossier, region) for region in dossier.regions]
    ]
    # The first region with something to do has the page's filled button.
    for row in [row for row in regions if row["steps"]][:1]:
        row["is_first"] = True
    context = {
        "campaign": campaign,
        "dossier": dossier,
        "card": card,
        "approval_open": [Shown(line) for line in in_order([one for one in card.approval if one.is_open])],
        "approval_done": [Shown(line) for line in card.approval if not line.is_open],
        "regions": regions,
        "channels": list(shared_channels(dossier)),
        "steps": campaign_steps(campaign, request.user, dossier),
        "may_approve": campaign.state in APPROVE.sources and APPROVE.allowed(request.user, campaign),
        "may_agree_share": permissions.is_other_manager(request.user, campaign),
        "decisions": campaign.decisions.exclude(kind=DecisionKind.GENERAL).select_related("by"),
    }
    return render(request, "campaigns/lifecycle/gate.html", context, status=status)


def _early(dossier: Dossier, state: RegionState) -> list[Shown]:
    """What is open, and may be late, before the region is part of a release."""
    wanted = state.entry is None and state.region.running == Running.WAITING
    return [Shown(line) for line in in_order(early_lines(dossier, state.region))] if wanted else []


def region_steps(state: RegionState, user: Any) -> list[Step]:
    """What this person can do with the region as it stands; through the gate only when it is clear."""
    passes = state.is_ready and state.has_begun
    return [
        one
        for one in steps.REGION_STEPS
        if is_open(one, state.region)
        and one.move.allowed(user, state.region)
        and (passes or not one.move.gate)
    ]


def campaign_steps(campaign: Campaign, user: Any, dossier: Dossier) -> list[Step]:
    """What this person can do with the campaign as it stands, the approval apart."""
    running = [region for region in dossier.regions if region.running == "live"]
    found = [
        one
        for one in steps.CAMPAIGN_STEPS
        if not one.slug and is_open(one, campaign) and one.move.allowed(user, campaign) and fits(one, dossier)
    ]
    if sum(permissions.runs_region(user, region) for region in running) > 1:
        found.append(step_of("pause_everywhere"))
    return found


def fits(step: Step, dossier: Dossier) -> bool:
    """False for what would be refused: evaluating before all is over, cancelling what runs or has run."""
    if step.move is EVALUATE:
        return dossier.campaign.release_id is not None and is_over(dossier)
    states = {region.running for region in dossier.regions}
    return step.move is not CANCEL or not (states & {*ANYONE_RUNNING} or states == {Running.FINISHED})


def waiver_form(state: RegionState, user: Any) -> ReasonForm | None:
    """The form for an exception where one is possible: a share is missing, and this manager may waive it."""
    missing = state.gate and any(line.waivable for line in state.gate.blocking)
    if not missing or not permissions.may_waive(user, state.region):
        return None
    return _waiver(state.region)


def _waiver(region: CampaignRegion, data: Any = None) -> ReasonForm:
    return ReasonForm(
        data,
        label=_("Why may it start without the agreed confirmations?"),
        prefix=f"waive-{region.pk}",
    )


@require_http_methods(["POST"])
def waive(request: HttpRequest, pk: int, region_pk: int) -> HttpResponse:
    """An exception for the region and its present release, with a reason."""
    region = visible_region(request, pk, region_pk)
    if not permissions.may_waive(request.user, region):
        raise PermissionDenied(_("Only a manager of this region who is not the owner can make an exception."))
    form = _waiver(region, request.POST)
    if not form.is_valid():
        return gate_page(request, region.campaign, wrong={region.pk: form}, status=INVALID)
    reason = form.cleaned_data["reason"]
    refused = attempt(
        request,
        lambda: exceptions.waive(region=region, by=request.user, why=reason),
        _("The exception stands in the decisions, and here as long as the region runs."),
    )
    if refused is not None:
        form.add_error("reason", refused.sentence)
        return gate_page(request, visible(request, pk), wrong={region.pk: form}, status=CONFLICT)
    return back(region.campaign, to="gate")


@GET_POST
def confirm_share(request: HttpRequest, pk: int) -> HttpResponse:
    """Agree another share of confirmations: a manager's decision with a reason."""
    campaign = visible(request, pk)
    if not permissions.is_other_manager(request.user, campaign):
        raise PermissionDenied(str(APPROVE.who))
    form = ShareForm(posted(request), initial={"share": campaign.confirm_share})
    status = 200
    if request.method == "POST":
        status = INVALID
        if form.is_valid():
            share, why = form.cleaned_data["share"], form.cleaned_data["reason"]
            refused = attempt(
                request,
                lambda: exceptions.set_confirm_share(
                    campaign=campaign, by=request.user, share=share, why=why
                ),
                _("The share is agreed."),
            )
            if refused is None:
                return back(campaign, to="gate")
            form.add_error(None, refused.sentence)
            status = CONFLICT
    context = {"campaign": campaign, "form": form}
    return render(request, "campaigns/lifecycle/share.html", context, status=status)
