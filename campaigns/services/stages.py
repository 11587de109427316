"""Rolling out step by step: stages of regions, and a checkpoint between them that somebody decides."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import can
from campaigns.enums import Running, StageAnswer
from campaigns.models import Campaign, CampaignRegion, CheckpointDecision, Stage, StageRegion
from campaigns.services.dossier import Dossier
from campaigns.services.plan_rules import PlanLocked, is_open
from campaigns.services.transitions import CLOSED
from core import audit, formats
from core.concurrency import StaleVersion


@dataclass(frozen=True)
class StagePlan:
    """A stage as it is planned; `regions` are ids of the campaign's regions."""

    name: str
    regions: tuple[int, ...]
    checkpoint_on: date | None = None
    question: str = ""


@dataclass(frozen=True)
class Step:
    """A stage with its regions, its decisions (newest first) and its number from 1."""

    number: int
    stage: Stage
    regions: list[CampaignRegion]
    decisions: list[CheckpointDecision]
    is_last: bool

    @property
    def answer(self) -> StageAnswer | None:
        """What was decided last, None as long as nothing is."""
        return StageAnswer(self.decisions[0].answer) if self.decisions else None

    @property
    def is_passed(self) -> bool:
        return self.answer == StageAnswer.GO

    @property
    def has_run(self) -> bool:
        """Whether it started anywhere, so that there can be something to learn."""
        return any(region.running != Running.WAITING for region in self.regions)


def steps_of(dossier: Dossier) -> list[Step]:
    """The stages in order; one query per dossier where there are none, three where there are."""
    return dossier.once("stages", lambda: list(_steps(dossier)))


def _steps(dossier: Dossier) -> Iterator[Step]:
    rows = list(dossier.campaign.stages.prefetch_related("regions", "decisions__by"))
    known = {region.pk: region for region in dossier.regions}
    for number, stage in enumerate(rows, 1):
        regions = [known[row.campaign_region_id] for row in stage.regions.all()]
        yield Step(number, stage, regions, list(stage.decisions.all()), number == len(rows))


def blocking(steps: Sequence[Step], region: CampaignRegion) -> Step | None:
    """The first earlier stage whose checkpoint does not let this region start."""
    own = next((step for step in steps if region.pk in {one.pk for one in step.regions}), None)
    if own is None:
        return None
    return next((step for step in steps if step.number < own.number and not step.is_passed), None)


@transaction.atomic
def set_stages(*, campaign: Campaign, stages: Sequence[StagePlan], by: User, expected: int) -> Campaign:
    """Replace the stages of an open plan over the version the person saw; none rolls out at once.

    PermissionDenied, PlanLocked, StaleVersion as for the plan; ValidationError by place ("1.regions"). With
    an approved release only names, days and questions change: who waits for whom was approved.
    """
    current = Campaign.objects.select_for_update(of=("self",)).get(pk=campaign.pk)
    if not can(by, "campaign.edit", current):
        raise PermissionDenied
    if not is_open(current):
        raise PlanLocked
    if current.version != expected:
        raise StaleVersion(current)
    dossier = Dossier(current)
    _check(stages, dossier.regions)
    before = steps_of(dossier)
    same = [{region.pk for region in step.regions} for step in before] == [set(row.regions) for row in stages]
    if not same:
        _may_rebuild(current, before)
        _rebuild(current, stages)
    else:
        for step, row in zip(before, stages, strict=True):
            values = {"name": row.name, "checkpoint_on": row.checkpoint_on, "question": row.question}
            Stage.objects.filter(pk=step.stage.pk).update(**values)
    Campaign.objects.filter(pk=current.pk).update(version=F("version") + 1, changed_at=timezone.now())
    audit.record(
        by=by, verb="stages.planned", scope=current, names=" → ".join(row.name for row in stages) or "–"
    )
    return current


def _may_rebuild(campaign: Campaign, before: list[Step]) -> None:
    if campaign.release_id:
        words = _(
            "The release was approved with these stages. Give it up first, then change who waits for whom."
        )
        raise ValidationError(words, code="released")
    if any(step.decisions for step in before):
        raise ValidationError(_("A checkpoint is decided already; these stages stay."), code="decided")


def _rebuild(campaign: Campaign, stages: Sequence[StagePlan]) -> None:
    campaign.stages.all().delete()
    for position, row in enumerate(stages):
        made = Stage.objects.create(
            campaign=campaign,
            position=position,
            name=row.name,
            checkpoint_on=row.checkpoint_on,
            question=row.question,
        )
        StageRegion.objects.bulk_create(StageRegion(stage=made, campaign_region_id=pk) for pk in row.regions)


def _check(stages: Sequence[StagePlan], regions: Iterable[CampaignRegion]) -> None:
    """ValidationError by place for what a rollout must not say."""
    known = {region.pk: region for region in regions}
    found: dict[str, list[str]] = {}
    seen: dict[int, int] = {}
    if len(stages) == 1:
        found["0.name"] = [_("One stage alone is no rollout; name a second one, or none.")]
    for place, row in enumerate(stages):
        for key, words in _problems(row, place, place == len(stages) - 1, known, seen):
            found.setdefault(f"{place}.{key}", []).append(words)
        before = stages[place - 1].checkpoint_on if place else None
        for pk in row.regions:
            if before and pk in known and known[pk].starts_on < before:
                params = {"region": known[pk].region, "first": formats.short_date(known[pk].starts_on)}
                words = _("%(region)s starts on %(first)s, before the checkpoint of the stage before.")
                found.setdefault(f"{place}.regions", []).append(words % params)
    if found:
        raise ValidationError(found)


def _problems(
    row: StagePlan, place: int, last: bool, known: dict[int, CampaignRegion], seen: dict[int, int]
) -> Iterator[tuple[str, str]]:
    if not row.name:
        yield "name", _("Please give this stage a name.")
    if not row.regions:
        yield "regions", _("Which regions start in this stage?")
    if not last and row.checkpoint_on is None:
        yield "checkpoint_on", _("When is it decided whether the next stage may start?")
    for pk in row.regions:
        if pk not in known:
            yield "regions", _("This region is no part of the campaign.")
        elif seen.setdefault(pk, place) != place:
            yield (
                "regions",
                _("%(region)s is part of an earlier stage already.") % {"region": known[pk].region},
            )


@transaction.atomic
def decide(*, stage: Stage, answer: StageAnswer, learned: str, by: User) -> CheckpointDecision:
    """Go on, change first, or stop, with what was learned; the newest word counts, earlier ones stay.

    PermissionDenied for others than the owner and managers of all regions. ValidationError without a
    reason, at the last stage, once the campaign is closed, and for "go" before the stage has started
    anywhere, or after one that did not pass.
    """
    campaign = Campaign.objects.select_for_update(of=("self",)).get(pk=stage.campaign_id)
    if not can(by, "stage.decide", campaign):
        raise PermissionDenied
    steps = steps_of(Dossier(campaign))
    step = next(step for step in steps if step.stage.pk == stage.pk)
    if campaign.state in CLOSED:
        raise ValidationError(_("This campaign is closed."), code="closed")
    if step.is_last:
        raise ValidationError(_("No stage follows; nothing waits for a decision here."), code="last")
    if not learned.strip():
        raise ValidationError({"learned": [_("Please say what you learned, so that the others can follow.")]})
    if answer == StageAnswer.GO:
        _may_go(step, steps)
    made = CheckpointDecision.objects.create(stage=stage, answer=answer, learned=learned.strip(), by=by)
    params = {"stage": stage.name, "reason": learned.strip()}
    audit.record(by=by, verb=f"stage.{answer}", scope=campaign, subject=stage, **params)
    return made


def _may_go(step: Step, steps: Sequence[Step]) -> None:
    if not step.has_run:
        words = _("This stage has not started anywhere; there is nothing to learn from it yet.")
        raise ValidationError({"answer": [words]})
    earlier = next((one for one in steps if one.number < step.number and not one.is_passed), None)
    if earlier:
        words = _("The checkpoint of “%(stage)s” comes first.") % {"stage": earlier.stage.name}
        raise ValidationError({"answer": [words]})
