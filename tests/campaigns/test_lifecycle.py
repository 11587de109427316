"""The transition table of preparation: every state and role, and what the database refuses by itself."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.enums import Role
from campaigns.enums import Phase, Preparation, Running
from campaigns.models import Campaign, CampaignRegion, LaunchRecord, Review
from campaigns.services import lifecycle, release
from campaigns.services.transitions import NotAllowed, TransitionRefused
from core.models import AuditEvent
from tests.campaigns.lifecycle_data import approval, line
from tests.factories import UserFactory, manager, marketer
from tests.factories.lifecycle import FIRST, approved, draft, live, manager_in, run_region

pytestmark = pytest.mark.django_db

MOVES = {
    "submit": lambda campaign, by: lifecycle.submit_for_review(campaign=campaign, by=by),
    "return": lambda campaign, by: lifecycle.return_to_draft(campaign=campaign, by=by, reason="Price"),
    "approve": lambda campaign, by: release.approve(campaign=campaign, by=by),
    "give_up": lambda campaign, by: release.give_up_release(campaign=campaign, by=by),
    "change": lambda campaign, by: lifecycle.start_change(campaign=campaign, by=by),
    "cancel": lambda campaign, by: lifecycle.cancel(campaign=campaign, by=by, reason="No stock"),
    "evaluate": lambda campaign, by: lifecycle.evaluate(campaign=campaign, by=by),
}
# state -> move -> target; evaluate is another matter, since it needs regions that are over.
LEGAL = {
    "draft": {"submit": "in_review", "cancel": "cancelled"},
    "in_review": {"return": "draft", "approve": "approved", "cancel": "cancelled"},
    "approved": {"give_up": "draft", "change": "draft", "cancel": "cancelled"},
    "cancelled": {},
    "evaluated": {},
}
MAY = {
    "submit": {"owner", "owner who manages"},
    "return": {"owner", "owner who manages", "manager", "manager of all its regions"},
    "approve": {"manager", "manager of all its regions"},
    "give_up": {"owner", "owner who manages"},
    "change": {"owner", "owner who manages"},
    "cancel": {"owner", "owner who manages", "manager", "manager of all its regions"},
    "evaluate": {"owner", "owner who manages"},
}
PEOPLE = ["owner", "owner who manages", "manager", "manager of all its regions", "manager of one region"]
PEOPLE += ["other marketer", "expert", "reviewer", "staff", "team_lead", "partner", "admin", "owner who left"]


@pytest.fixture(autouse=True)
def before_the_start(time_machine):
    time_machine.move_to("2026-09-01T08:00:00+00:00", tick=False)


def in_state(state, **kwargs):
    campaign = approved("AT", "DE", **kwargs) if state == "approved" else draft("AT", "DE", **kwargs)
    Campaign.objects.filter(pk=campaign.pk).update(shared_at=timezone.now())
    for region in campaign.regions.all():
        Review.objects.create(
            campaign_region=region, language="de", reviewer=campaign.owner, invited_at=timezone.now()
        )
    if state in ("in_review", "cancelled", "evaluated"):
        Campaign.objects.filter(pk=campaign.pk).update(state=state)
    campaign.refresh_from_db()
    return campaign


def person(kind, campaign):
    if kind.startswith("owner"):
        campaign.owner.is_active = kind != "owner who left"
        campaign.owner.save()
        return type(campaign.owner).objects.get(pk=campaign.owner_id)
    regions = [row.region for row in campaign.regions.all()]
    made = {
        "manager": lambda: manager(),
        "manager of all its regions": lambda: manager_in(*regions),
        "manager of one region": lambda: manager_in(regions[0]),
        "other marketer": lambda: marketer(),
    }
    return made.get(kind, lambda: UserFactory(roles=[Role(kind)]))()


@pytest.mark.parametrize("move", MOVES)
@pytest.mark.parametrize("state", LEGAL)
def test_every_move_from_every_state(state, move):
    campaign = in_state(state, owner=marketer())
    actor = manager() if move == "approve" else campaign.owner
    with approval():
        if move in LEGAL[state]:
            MOVES[move](campaign, actor)
            campaign.refresh_from_db()
            assert campaign.state == campaign.phase == LEGAL[state][move]
            return
        with pytest.raises(TransitionRefused) as refused:
            MOVES[move](campaign, actor)
    campaign.refresh_from_db()
    assert campaign.state == state
    already = {"submit": "in_review", "return": "draft", "approve": "approved", "cancel": "cancelled"}
    already |= {"give_up": "draft", "change": "draft", "evaluate": "evaluated"}
    assert refused.value.already is (already[move] == state)


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("move", [move for move in MOVES if move != "evaluate"])
def test_who_may_make_a_move(move, who):
    state = next(state for state, moves in LEGAL.items() if move in moves)
    owner = manager() if who == "owner who manages" else marketer()
    campaign = in_state(state, owner=owner)
    actor = person(who, campaign)
    with approval():
        if who in MAY[move]:
            MOVES[move](campaign, actor)
        else:
            with pytest.raises(NotAllowed):
                MOVES[move](campaign, actor)
    campaign.refresh_from_db()
    assert (campaign.state != state) is (who in MAY[move])


def test_review_waits_for_the_shared_message_and_every_reviewer():
    campaign = draft("AT", "DE")
    with pytest.raises(TransitionRefused) as refused:
        lifecycle.submit_for_review(campaign=campaign, by=campaign.owner)
    keys = [one.key for one in refused.value.lines]
    assert keys == ["submit.shared", "submit.invited.AT.de", "submit.invited.DE.de"]
    assert Campaign.objects.get(pk=campaign.pk).state == Preparation.DRAFT


def test_a_campaign_without_regions_cannot_go_into_review():
    campaign = draft()
    campaign.regions.all().delete()
    with pytest.raises(TransitionRefused) as refused:
        lifecycle.submit_for_review(campaign=campaign, by=campaign.owner)
    assert "submit.regions" in [one.key for one in refused.value.lines]


def test_every_move_stands_in_the_log():
    campaign = in_state("draft")
    boss = manager()
    with approval():
        lifecycle.submit_for_review(campaign=campaign, by=campaign.owner)
        lifecycle.return_to_draft(campaign=campaign, by=boss, reason="The price is missing")
        lifecycle.submit_for_review(campaign=campaign, by=campaign.owner)
        release.approve(campaign=campaign, by=boss)
        lifecycle.cancel(campaign=campaign, by=boss, reason="No stock")
    events = AuditEvent.objects.filter(scope=f"campaigns.campaign:{campaign.pk}").order_by("id")
    assert [(event.verb, event.actor) for event in events] == [
        ("campaign.submitted", campaign.owner),
        ("campaign.returned", boss),
        ("campaign.submitted", campaign.owner),
        ("campaign.approved", boss),
        ("campaign.cancelled", boss),
    ]
    assert events[1].data == {"reason": "The price is missing"}


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_cancelling_needs_a_reason(reason):
    campaign = draft()
    with pytest.raises(TransitionRefused):
        lifecycle.cancel(campaign=campaign, by=campaign.owner, reason=reason)
    assert Campaign.objects.get(pk=campaign.pk).state == Preparation.DRAFT


@pytest.mark.parametrize("running", [Running.LIVE, Running.PAUSED, Running.FINISHED])
def test_what_runs_or_has_run_cannot_be_cancelled(running):
    campaign = approved()
    run_region(campaign.regions.get(), running=running)
    with pytest.raises(TransitionRefused):
        lifecycle.cancel(campaign=campaign, by=campaign.owner, reason="Too late")
    assert Campaign.objects.get(pk=campaign.pk).state == Preparation.APPROVED


def test_cancelling_after_a_pilot_keeps_what_happened():
    campaign = approved("AT", "DE")
    run_region(campaign.regions.get(region__code="AT"), running=Running.FINISHED)
    lifecycle.cancel(campaign=campaign, by=campaign.owner, reason="The pilot failed")
    campaign.refresh_from_db()
    assert (campaign.state, campaign.cancelled_reason) == (Preparation.CANCELLED, "The pilot failed")
    assert campaign.regions.get(region__code="AT").running == Running.FINISHED


def test_evaluation_is_closed_when_every_region_is_over(time_machine):
    campaign = approved("AT", "DE")
    run_region(campaign.regions.get(region__code="AT"), running=Running.FINISHED)
    time_machine.move_to("2026-10-31T22:59:00+00:00", tick=False)
    with pytest.raises(TransitionRefused):
        lifecycle.evaluate(campaign=campaign, by=campaign.owner)
    time_machine.move_to("2026-10-31T23:00:00+00:00", tick=False)
    lifecycle.evaluate(campaign=campaign, by=campaign.owner)
    campaign.refresh_from_db()
    assert campaign.state == campaign.phase == Preparation.EVALUATED


@pytest.mark.parametrize("running", [Running.LIVE, Running.PAUSED])
def test_a_running_campaign_is_not_evaluated(running, time_machine):
    campaign = approved()
    run_region(campaign.regions.get(), running=running)
    time_machine.move_to("2027-01-01T00:00:00+00:00", tick=False)
    with pytest.raises(TransitionRefused):
        lifecycle.evaluate(campaign=campaign, by=campaign.owner)


def test_what_was_never_approved_has_nothing_to_evaluate(time_machine):
    time_machine.move_to("2027-01-01T00:00:00+00:00", tick=False)
    campaign = draft()
    with pytest.raises(TransitionRefused):
        lifecycle.evaluate(campaign=campaign, by=campaign.owner)


PHASES = [
    ([Running.WAITING, Running.WAITING], Phase.APPROVED),
    ([Running.LIVE, Running.WAITING], Phase.LIVE),
    ([Running.LIVE, Running.PAUSED], Phase.LIVE),
    ([Running.PAUSED, Running.WAITING], Phase.PAUSED),
    ([Running.PAUSED, Running.FINISHED], Phase.PAUSED),
    ([Running.FINISHED, Running.WAITING], Phase.APPROVED),
    ([Running.FINISHED, Running.FINISHED], Phase.FINISHED),
]


@pytest.mark.parametrize(("states", "phase"), PHASES)
def test_the_phase_sums_up_all_regions(states, phase, time_machine):
    time_machine.move_to("2026-09-25T12:00:00+00:00", tick=False)
    campaign = approved("AT", "DE")
    for region, running in zip(campaign.regions.order_by("region__code"), states, strict=True):
        if running != Running.WAITING:
            run_region(region, running=running)
    assert Campaign.objects.get(pk=campaign.pk).phase == phase


# --- below the services ---------------------------------------------------------------------------------

EDGES = {(source, target) for source, moves in LEGAL.items() for target in moves.values()}
EDGES |= {(source, "evaluated") for source in ("draft", "in_review", "approved")}


@pytest.mark.parametrize("target", Preparation.values)
@pytest.mark.parametrize("source", Preparation.values)
def test_the_database_holds_the_edges_of_preparation(source, target):
    campaign = in_state(source)
    with_release = approved().release
    rows = Campaign.objects.filter(pk=campaign.pk)
    if source == target or (source, target) in EDGES:
        rows.update(state=target, release=with_release)
        return
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(state=target, release=with_release)


RUNNING_EDGES = {("waiting", "live"), ("live", "paused"), ("paused", "live")}
RUNNING_EDGES |= {("live", "finished"), ("paused", "finished")}


@pytest.mark.parametrize("target", Running.values)
@pytest.mark.parametrize("source", Running.values)
def test_the_database_holds_the_edges_of_running(source, target):
    campaign = approved()
    region = campaign.regions.get()
    launch = LaunchRecord.objects.create(
        campaign_region=region, release=campaign.release, kind="start", checks=[]
    )
    rows = CampaignRegion.objects.filter(pk=region.pk)
    rows.update(launch=launch, release=campaign.release)
    for step in {"waiting": [], "live": ["live"], "paused": ["live", "paused"]}.get(
        source, ["live", "finished"]
    ):
        rows.update(running=step)
    if source == target or (source, target) in RUNNING_EDGES:
        rows.update(running=target)
        return
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(running=target)


def test_approved_without_a_release_is_refused_by_the_database():
    campaign = in_state("in_review")
    with pytest.raises(IntegrityError), transaction.atomic():
        Campaign.objects.filter(pk=campaign.pk).update(state="approved")


def test_a_running_state_needs_a_launch_record_of_this_release_and_region():
    campaign, other = approved(), approved("DE")
    rows = CampaignRegion.objects.filter(campaign=campaign)
    region = rows.get()
    foreign = run_region(other.regions.get()).launch
    for values in (
        {"running": "live"},
        {"running": "live", "release": campaign.release},
        {"running": "live", "release": campaign.release, "launch": foreign},
        {"running": "live", "release": other.release, "launch": foreign},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**values)
    with pytest.raises(IntegrityError), transaction.atomic():
        LaunchRecord.objects.create(campaign_region=region, release=other.release, kind="start", checks=[])


def test_a_closed_campaign_goes_live_nowhere_even_by_hand():
    campaign = approved()
    region = campaign.regions.get()
    launch = LaunchRecord.objects.create(
        campaign_region=region, release=campaign.release, kind="start", checks=[]
    )
    Campaign.objects.filter(pk=campaign.pk).update(state="cancelled")
    with pytest.raises(IntegrityError), transaction.atomic():
        CampaignRegion.objects.filter(pk=region.pk).update(
            running="live", release=campaign.release, launch=launch
        )


@pytest.mark.parametrize("table", ["release", "launch"])
def test_history_refuses_update_and_delete(table):
    campaign = live()
    row = campaign.release if table == "release" else campaign.regions.get().launch
    changed = {"release": {"content": {}}, "launch": {"checks": [1]}}[table]
    rows = type(row).objects.filter(pk=row.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(**changed)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows._raw_delete(using="default")


def test_open_points_are_named_when_an_approval_is_refused():
    campaign = in_state("in_review")
    with approval(line("expert.tv"), line("core", open_=False)), pytest.raises(TransitionRefused) as refused:
        release.approve(campaign=campaign, by=manager())
    assert [one.key for one in refused.value.lines] == ["expert.tv"]
    assert campaign.releases.count() == 0
    assert campaign.starts_on == FIRST
