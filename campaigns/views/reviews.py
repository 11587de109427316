"""The planners' side of the regional review: the tab of a campaign, sharing, naming reviewers."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from accounts.enums import Language, Role
from accounts.models import User
from accounts.permissions import can
from campaigns.checks.review import anchor
from campaigns.enums import Verdict
from campaigns.forms.review import AssignForm
from campaigns.models import Campaign, Review
from campaigns.querysets import IDLE
from campaigns.services import content
from campaigns.services import review as services
from campaigns.services.dossier import Dossier
from campaigns.services.message import is_editable
from campaigns.services.review_state import Picture, SeenPassage, candidates, picture_of, pictures
from campaigns.views.review import may_answer


@require_GET
def reviews(request: HttpRequest, pk: int) -> HttpResponse:
    """Where the review of every region stands, its objections, and what was understood."""
    found = Campaign.objects.visible_to(request.user).select_related("owner", "goal")
    return _tab(request, get_object_or_404(found, pk=pk))


@require_POST
def share(request: HttpRequest, pk: int) -> HttpResponse:
    """Share the message with the reviewers; again only invites what was missing."""
    campaign = get_object_or_404(Campaign.objects.visible_to(request.user), pk=pk)
    if not can(request.user, "campaign.edit", campaign):
        raise PermissionDenied(_("Only those who plan this campaign can share its message."))
    try:
        new = services.share_message(campaign=campaign, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _shared(len(new)))
    return redirect("campaigns:reviews", pk)


def _shared(new: int) -> str:
    if not new:
        return _("The message is shared with every region already.")
    return ngettext(
        "The message is shared; %(new)d review has begun.",
        "The message is shared; %(new)d reviews have begun.",
        new,
    ) % {"new": new}


@require_POST
def review_assign(request: HttpRequest, pk: int) -> HttpResponse:
    """Name the reviewer of a region; 422 with the tab when he cannot be asked."""
    review = get_object_or_404(Review.objects.visible_to(request.user), pk=pk)
    plans = Campaign.objects.select_related("owner", "goal")
    campaign = get_object_or_404(plans, pk=review.campaign_region.campaign_id)
    if not can(request.user, "campaign.edit", campaign):
        raise PermissionDenied(_("Only those who plan this campaign can name reviewers."))
    dossier = Dossier(campaign)
    picture = picture_of(review, dossier)
    people = candidates(dossier, [picture])[review.pk]
    form = AssignForm(request.POST, people=people, prefix=_prefix(review))
    if form.is_valid():
        try:
            services.assign_reviewer(review=review, reviewer=form.cleaned_data["reviewer"], by=request.user)
        except ValidationError as error:
            form.add_error("reviewer", error)
        else:
            messages.success(request, _("%(name)s is asked.") % {"name": form.cleaned_data["reviewer"]})
            return redirect(f"{reverse('campaigns:reviews', args=[campaign.pk])}#{anchor(picture)}")
    return _tab(request, campaign, wrong={review.pk: form}, status=422)


def _prefix(review: Review) -> str:
    return f"review{review.pk}"


def _seen_by(user: User, found: list[Picture], campaign: Campaign) -> list[Picture]:
    """Planners and partners see every region; a reviewer those he speaks for."""
    known = set(
        Review.objects.visible_to(user)
        .filter(campaign_region__campaign=campaign)
        .values_list("pk", flat=True)
    )
    plans = can(user, "campaign.edit", campaign)
    return [one for one in found if (one.review.pk in known if one.review is not None else plans)]


def _tab(
    request: HttpRequest, campaign: Campaign, wrong: dict[int, AssignForm] | None = None, status: int = 200
) -> HttpResponse:
    dossier = Dossier(campaign)
    found = _seen_by(request.user, pictures(dossier), campaign)
    edits = can(request.user, "campaign.edit", campaign) and campaign.state not in IDLE
    people = candidates(dossier, found) if edits else {}
    cards = [_card(request, dossier, one, edits, people, wrong or {}) for one in found]
    context = {
        "campaign": campaign,
        "dossier": dossier,
        "cards": cards,
        "may_edit": edits,
        "missing": edits and any(one.review is None for one in found),
        "only_own": not edits and request.user.rights.has(Role.REVIEWER),
    }
    return render(request, "campaigns/review/tab.html", context, status=status)


def _card(
    request: HttpRequest,
    dossier: Dossier,
    picture: Picture,
    edits: bool,
    people: dict[int, list[User]],
    wrong: dict[int, AssignForm],
) -> dict[str, Any]:
    review = picture.review
    form = None
    if review is not None and edits:
        form = wrong.get(review.pk) or AssignForm(people=people[review.pk], prefix=_prefix(review))
    return {
        "id": anchor(picture),
        "picture": picture,
        "review": review,
        "region": picture.campaign_region.region,
        "language": Language(picture.language).label,
        "counts": _counts(picture),
        "objections": [_objection(dossier, seen, request.user) for seen in picture.objections],
        "answered_before": [seen for seen in picture.waiting if seen.answer is not None],
        "meant": _meant(dossier, picture),
        "form": form,
        "nobody": form is not None and not people.get(review.pk),
        "open_form": picture.problem is not None or (review is not None and review.pk in wrong),
        "may_answer": may_answer(picture, request.user),
    }


def _counts(picture: Picture) -> list[tuple[Verdict | None, int]]:
    """How many passages have which answer as they are now; None counts those without one."""
    given = [seen.answer.verdict for seen in picture.passages if not seen.waits_for_reviewer]
    counted = [(verdict, given.count(verdict)) for verdict in Verdict]
    return [pair for pair in counted if pair[1]] + ([(None, len(picture.waiting))] if picture.waiting else [])


def _meant(dossier: Dossier, picture: Picture) -> str:
    """The promise of the core message with the region's facts filled in."""
    if dossier.core is None:
        return ""
    facts = content.fact_texts(dossier, picture.campaign_region.region, picture.language)
    return content.fill(dossier.core.promise or dossier.core.claim, facts)


def _objection(dossier: Dossier, seen: SeenPassage, user: User) -> dict[str, Any]:
    """An objection with the way to the passage's form, plain and with the proposal filled in."""
    edit = edit_url(dossier, seen.key, user)
    fits = edit and seen.answer.proposal and not seen.key.startswith("fact.")
    query = urlencode({"field": seen.key.rpartition(".")[2], "proposal": seen.answer.proposal})
    return {"seen": seen, "edit_url": edit, "take_url": f"{edit}?{query}" if fits else ""}


def edit_url(dossier: Dossier, key: str, user: User) -> str:
    """The form in which this person can change a passage, empty when he cannot."""
    kind, _dot, rest = key.partition(".")
    campaign = dossier.campaign
    if not is_editable(campaign):
        return ""
    if kind == "variant":
        return _variant_url(dossier, int(rest.partition(".")[0]), user)
    if not can(user, "message.edit", campaign):
        return ""
    if kind == "core":
        return reverse("campaigns:core_edit", args=[campaign.pk])
    fact = next(fact for fact in dossier.facts if fact.key == rest)
    return reverse("campaigns:fact_edit", args=[campaign.pk, fact.pk])


def _variant_url(dossier: Dossier, pk: int, user: User) -> str:
    variant = next(one for one in dossier.variants if one.pk == pk)
    variant.campaign_channel = content.channel_of(dossier, variant)
    if not can(user, "variant.edit", variant):
        return ""
    return reverse("campaigns:variant_edit", args=[dossier.campaign.pk, pk])
