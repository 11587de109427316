"""Where stages show: the launch check, the card on the campaign page, what waits on Home."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import can, rule
from campaigns.enums import Running, StageAnswer
from campaigns.models import Campaign, CampaignRegion, CheckpointDecision, Stage, StageRegion
from campaigns.panels import Panel, panels
from campaigns.permissions import PLANS, is_owner_or_manager
from campaigns.readiness import Line, Progress, launch_checks
from campaigns.services.dossier import Dossier
from campaigns.services.plan_rules import is_open
from campaigns.services.stages import Step, blocking, steps_of
from campaigns.services.transitions import CLOSED
from core.registry import HomeItem, home_sources

SOON = timedelta(days=7)
MOST = 50


@rule("stage.decide")
def may_decide(user: User, campaign: Campaign) -> bool:
    """The owner, and managers of all its regions."""
    return is_owner_or_manager(user, campaign)


@launch_checks.register("campaigns.stages")
def earlier_stages_have_passed(dossier: Dossier, region: CampaignRegion) -> Iterable[Line]:
    """A region of a later stage waits until every checkpoint before it said go; one that runs does not."""
    steps = steps_of(dossier)
    own = next((step for step in steps if region.pk in {one.pk for one in step.regions}), None)
    if own is None or own.number == 1 or region.running != Running.WAITING:
        return
    waits_for = blocking(steps, region)
    names = {"own": own.stage.name, "earlier": (waits_for or steps[own.number - 2]).stage.name}
    common = {"key": f"stage.{region.region.code}", "region": region}
    if waits_for is None:
        yield Line(
            title=_("The checkpoint of “%(earlier)s” said go") % names, progress=Progress.DONE, **common
        )
        return
    stopped = waits_for.answer == StageAnswer.STOP
    title = _("Stopped at the checkpoint of “%(earlier)s”: “%(own)s” does not start")
    yield Line(
        title=(title if stopped else _("“%(own)s” waits for the checkpoint of “%(earlier)s”")) % names,
        progress=Progress.STUCK if stopped else Progress.IN_WORK,
        detail=_detail(waits_for),
        who=dossier.campaign.owner,
        due=None if stopped else waits_for.stage.checkpoint_on,
        url=reverse("campaigns:stage_decide", args=[dossier.campaign.pk, waits_for.stage.pk]),
        action=_("Decide"),
        **common,
    )


def _detail(step: Step) -> str:
    """Why it does not go on, and who may say otherwise."""
    if not step.decisions:
        return ""
    params = {"person": step.decisions[0].by, "reason": step.decisions[0].learned[:200]}
    if step.answer == StageAnswer.STOP:
        words = _("%(person)s: %(reason)s – the owner or a manager of all regions may decide anew.")
        return words % params
    return _("Change first – %(person)s: %(reason)s") % params


@panels.register("stages")
def stages_panel(dossier: Dossier, user: User) -> Panel | None:
    """The stages with their checkpoints; without any, where a rollout could be planned."""
    campaign = dossier.campaign
    steps = steps_of(dossier)
    may_plan = is_open(campaign) and len(dossier.regions) > 1 and can(user, "campaign.edit", campaign)
    if not steps and not may_plan:
        return None
    decides = campaign.state not in CLOSED and can(user, "stage.decide", campaign)
    context = {"steps": steps, "may_plan": may_plan, "may_decide": decides}
    return Panel("campaigns/panels/stages.html", context, column="main" if steps else "side", order=35)


@home_sources.register("checkpoints")
def checkpoints_due(user: User, now: datetime) -> list[HomeItem]:
    """Checkpoints of the owner's campaigns that are due within a week and let regions wait (one query)."""
    if not user.rights.has(*PLANS):
        return []
    last = CheckpointDecision.objects.filter(stage=OuterRef("pk")).order_by("-pk").values("answer")[:1]
    later = StageRegion.objects.filter(
        stage__campaign=OuterRef("campaign"),
        stage__position__gt=OuterRef("position"),
        campaign_region__running=Running.WAITING,
    )
    found = Stage.objects.filter(campaign__owner=user, checkpoint_on__lte=now.date() + SOON)
    found = found.exclude(campaign__state__in=CLOSED).annotate(last=Subquery(last)).filter(Exists(later))
    found = found.filter(Q(last=None) | Q(last=StageAnswer.CHANGE)).select_related("campaign")
    words = _("Decide the checkpoint of “%(stage)s”: %(campaign)s")
    return [
        HomeItem(
            title=words % {"stage": stage.name, "campaign": stage.campaign.name},
            detail=stage.question[:200],
            url=reverse("campaigns:stage_decide", args=[stage.campaign_id, stage.pk]),
            action=_("Decide"),
            icon="signpost-split",
            tone="care",
            due=stage.checkpoint_on,
            key=f"checkpoint-{stage.pk}",
        )
        for stage in found.order_by("checkpoint_on", "pk")[:MOST]
    ]
