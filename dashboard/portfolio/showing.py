"""Warnings as one person sees them: about campaigns that he may open, with what he can do about them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from accounts.models import Team, User
from accounts.rights import PLANNERS
from campaigns.models import Campaign
from campaigns.permissions import PLANS, manages_all, plans_its_own
from channels.models import Channel
from core import formats
from customers.models import TargetGroup
from dashboard.enums import Rule, StepKind
from dashboard.models import SetAside
from dashboard.portfolio import words
from dashboard.portfolio.facts import Planned
from dashboard.portfolio.judging import Warned, judge
from dashboard.portfolio.reading import world
from dashboard.portfolio.stepping import Step, World, horizon, steps_for

OTHERS = 4


@dataclass(frozen=True)
class ShownStep:
    """A suggestion: a button that does it (`post`), or a link."""

    step: Step
    text: str
    button: str
    url: str
    post: bool

    @property
    def values(self) -> dict[str, object]:
        """What the button sends."""
        step = self.step
        found = {"kind": step.kind.value, "version": step.plan.version}
        if step.first:
            found |= {"first": step.first.isoformat(), "last": step.last.isoformat()}
        return found | ({"channel": step.channel, "person": step.person} if step.person else {})


@dataclass(frozen=True)
class Shown:
    """A warning in words. `aside` holds now; `was_aside` was said about facts that have changed since."""

    warned: Warned
    why: str
    also: str
    campaigns: list[Planned]
    hidden: int
    more: int
    steps: list[ShownStep]
    url: str
    may_aside: bool
    aside: SetAside | None = None
    was_aside: SetAside | None = None

    @property
    def rule(self) -> Rule:
        """The rule that it is about."""
        return self.warned.rule

    @property
    def days(self) -> tuple[date, date]:
        """When, where it is worst."""
        return self.warned.main.first, self.warned.main.last


@dataclass
class Warnings:
    """All warnings of a time that a person sees, the most serious first; put into words page by page."""

    user: User
    world: World
    open: list[Warned]
    aside: list[Warned]
    records: dict[tuple[int, str], SetAside]
    seen: set[int] | None

    @property
    def total(self) -> int:
        """How many, set aside or not."""
        return len(self.open) + len(self.aside)

    def find(self, pk: int, key: str) -> Warned | None:
        """The warning with this subject and key as it stands now."""
        return next(
            (one for one in (*self.open, *self.aside) if (one.subject.pk, one.key) == (pk, key)), None
        )

    def in_words(self, found: Iterable[Warned]) -> list[Shown]:
        """Some of them with sentences, suggestions and what the person may do (at most four queries)."""
        found = list(found)
        steps = {one.id: steps_for(one, self.world) for one in found}
        names = names_for(found, steps, self.seen)
        return [self._shown(one, steps[one.id], names) for one in found]

    def _shown(self, one: Warned, steps: list[Step], names: words.Names) -> Shown:
        record = self.records.get((one.subject.pk, one.key))
        holds = record is not None and record.facts == one.facts
        open_ones = [plan for plan in one.campaigns if names.may_open(plan.pk)]
        return Shown(
            warned=one,
            why=words.why(one, names),
            also=words.also(one, names),
            campaigns=open_ones[:OTHERS],
            hidden=len(one.campaigns) - len(open_ones),
            more=max(len(open_ones) - OTHERS, 0),
            steps=[_step(step, names, self.user) for step in steps],
            url=reverse("portfolio_warning", args=[one.subject.pk, one.key]),
            may_aside=may_set_aside(self.user, one.subject),
            aside=record if holds else None,
            was_aside=None if holds else record,
        )


def warnings_between(
    user: User, first: date, last: date, today: date, *, about: int | None = None
) -> Warnings:
    """The warnings that lie between two days or reach into them; `about` one campaign only."""
    known = world(first, horizon(last), today)
    found = [
        one
        for one in judge(known.plans, known.limits, known.crews, today=today, loads=known.loads)
        if any(spot.first <= last and spot.last >= first for spot in one.spots)
    ]
    if about is not None:
        found = [one for one in found if any(plan.pk == about for plan in one.campaigns)]
    seen = visible_ids(user, found)
    if seen is not None:
        found = [one for one in found if any(plan.pk in seen for plan in one.campaigns)]
    records = {(row.campaign_id, row.key): row for row in _asides(found)}
    standing: tuple[list[Warned], list[Warned]] = ([], [])
    for one in found:
        record = records.get((one.subject.pk, one.key))
        standing[record is not None and record.facts == one.facts].append(one)
    return Warnings(user, known, *standing, records, seen)


def visible_ids(user: User, found: Iterable[Warned]) -> set[int] | None:
    """Which of the campaigns the person may open; None for everything (then without a query)."""
    if user.rights.regions(*PLANNERS) is None:
        return None
    ids = {plan.pk for one in found for plan in one.campaigns}
    return set(Campaign.objects.visible_to(user).filter(pk__in=ids).values_list("pk", flat=True))


def _asides(found: Iterable[Warned]) -> Iterable[SetAside]:
    subjects = {one.subject.pk for one in found}
    return SetAside.objects.filter(campaign__in=subjects).select_related("by")


def names_for(found: Iterable[Warned], steps: dict[str, list[Step]], seen: set[int] | None) -> words.Names:
    """The names that these warnings and suggestions need."""
    ids: dict[Rule, set[int]] = {rule: set() for rule in Rule}
    for one in found:
        ids[one.rule] |= {spot.what for spot in one.spots}
    taken = [step for some in steps.values() for step in some]
    people = ids[Rule.EXPERT] | ids[Rule.OWNER] | {step.person for step in taken}
    channels = ids[Rule.CHANNEL] | ids[Rule.OVERLAP] | {step.channel for step in taken}
    return words.Names(
        _named(TargetGroup.objects, ids[Rule.TARGET]),
        _named(Channel.objects, channels),
        _named(User.objects, people),
        _named(Team.objects, ids[Rule.TEAM]),
        seen,
    )


def _named(manager: object, ids: set[int]) -> dict[int, str]:
    wanted = ids - {0}
    return {one.pk: str(one) for one in manager.filter(pk__in=wanted)} if wanted else {}


# --- what the person may do; from the facts, so that a page of warnings needs no query for each -----------


def may_edit(user: User, plan: Planned) -> bool:
    """Rule campaign.edit."""
    planned = user.rights.regions(*PLANS)
    here = planned is None or any(stay.region in planned for stay in plan.stays)
    return here or plans_its_own(user, plan.owner)


def may_set_aside(user: User, plan: Planned) -> bool:
    """Rule warning.set_aside."""
    return plan.owner == user.pk or manages_all(user, {stay.region for stay in plan.stays})


def _step(step: Step, names: words.Names, user: User) -> ShownStep:
    done_here = step.kind in (StepKind.MOVE, StepKind.LENGTHEN, StepKind.HAND_OVER)
    text, button = words.step_words(step, names), words.button_words(step, names)
    target = step.other if step.kind == StepKind.JOIN else step.plan
    if done_here:
        url = reverse("portfolio_step", args=[step.plan.pk]) if may_edit(user, step.plan) else ""
    elif not names.may_open(target.pk):
        url = ""
    elif step.kind == StepKind.AGREE:
        url = reverse("campaigns:message", args=[step.plan.pk])
    else:
        url = reverse("campaigns:detail", args=[target.pk])
    return ShownStep(step, text, button, url, done_here)


def day_words(shown: Shown) -> str:
    """When, where it is worst."""
    return formats.date_range(*shown.days)
