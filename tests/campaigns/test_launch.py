"""The gate: going live, pausing, resuming, finishing, exceptions; two people at once."""

import threading
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.enums import Role
from campaigns import hooks
from campaigns.enums import DecisionKind, LaunchKind, Running
from campaigns.models import Campaign, CampaignRegion, Decision, LaunchRecord, Release
from campaigns.readiness import approval_lines
from campaigns.services import exceptions, launch, lifecycle
from campaigns.services.dossier import Dossier
from campaigns.services.transitions import NotAllowed, TransitionRefused
from core.models import AuditEvent
from tests.campaigns.lifecycle_data import launching, line, own_checks
from tests.factories import (
    BudgetFactory,
    CampaignChannelFactory,
    CampaignRegionFactory,
    ChannelFactory,
    UserFactory,
    manager,
    marketer,
)
from tests.factories.lifecycle import approved, draft, fix_release, live, manager_in, run_region
from tests.factories.lifecycle import region_of as company_region

pytestmark = pytest.mark.django_db
DURING = "2026-09-25T12:00:00+00:00"
DONE = line("all", open_=False)


@pytest.fixture(autouse=True)
def during_the_campaign(time_machine):
    time_machine.move_to(DURING, tick=False)


def region_of(campaign, code="AT"):
    return campaign.regions.get(region__code=code)


def test_going_live_writes_record_state_release_and_phase_together():
    campaign = approved("AT", "DE")
    with launching(DONE):
        record = launch.go_live(region=region_of(campaign), by=campaign.owner)
    region = region_of(campaign)
    campaign.refresh_from_db()
    assert (region.running, region.release, region.launch) == (Running.LIVE, campaign.release, record)
    assert (record.kind, record.by, record.exception) == (LaunchKind.START, campaign.owner, None)
    assert record.checks == [{"key": "all", "title": "Point all", "progress": "done", "detail": ""}]
    assert campaign.phase == "live"
    assert region_of(campaign, "DE").running == Running.WAITING
    event = AuditEvent.objects.get(verb="region.started")
    assert (event.actor, event.data) == (campaign.owner, {"region": "AT", "number": 1})


def test_an_open_line_keeps_the_region_from_its_customers():
    campaign = approved()
    with launching(DONE, line("briefing.service.AT")), pytest.raises(TransitionRefused) as refused:
        launch.go_live(region=region_of(campaign), by=campaign.owner)
    assert [one.key for one in refused.value.lines] == ["briefing.service.AT"]
    assert region_of(campaign).running == Running.WAITING
    assert LaunchRecord.objects.count() == 0


def test_without_the_stub_our_own_checks_stand_at_the_gate():
    campaign = approved()
    with own_checks():
        keys = {one.key for one in launch.gate(Dossier(campaign), region_of(campaign)).blocking}
    assert {"budget.approved", "review.AT.de"} <= keys
    assert not keys & {"release.AT", "period.AT", "experts.AT", "flights.AT"}


@pytest.mark.parametrize("kind", LaunchKind.values)
def test_no_release_no_launch(kind):
    campaign = draft()
    with launching(), pytest.raises(TransitionRefused):
        launch.go_live(region=region_of(campaign), by=campaign.owner, kind=LaunchKind(kind))
    assert LaunchRecord.objects.count() == 0


@pytest.mark.parametrize("state", ["cancelled", "evaluated"])
def test_a_closed_campaign_goes_live_nowhere(state):
    campaign = approved()
    Campaign.objects.filter(pk=campaign.pk).update(state=state)
    with launching(), pytest.raises(TransitionRefused):
        launch.go_live(region=region_of(campaign), by=campaign.owner)


def test_nobody_starts_a_region_before_its_first_day(time_machine):
    campaign = approved()
    time_machine.move_to("2026-09-20T21:59:59+00:00", tick=False)
    with launching(), pytest.raises(TransitionRefused):
        launch.go_live(region=region_of(campaign), by=campaign.owner)
    time_machine.move_to("2026-09-20T22:00:00+00:00", tick=False)
    with launching():
        assert launch.go_live(region=region_of(campaign), by=campaign.owner).pk


def test_a_double_click_launches_once():
    campaign = approved()
    with launching():
        launch.go_live(region=region_of(campaign), by=campaign.owner)
        with pytest.raises(TransitionRefused) as refused:
            launch.go_live(region=region_of(campaign), by=manager())
    assert refused.value.already
    assert LaunchRecord.objects.count() == 1


def test_a_region_added_in_a_change_waits_for_the_next_release():
    campaign = approved("AT")
    lifecycle.start_change(campaign=campaign, by=campaign.owner)
    added = CampaignRegionFactory(campaign=campaign, region=company_region("DE"))
    with launching(), pytest.raises(TransitionRefused):
        launch.go_live(region=added, by=campaign.owner)
    with launching():
        launch.go_live(region=region_of(campaign), by=campaign.owner)


def people(campaign, region):
    return {
        "owner": campaign.owner,
        "manager": manager(),
        "manager here": manager_in(region.region),
        "manager elsewhere": manager_in(company_region("UK")),
        "marketer": marketer(),
        "expert": UserFactory(roles=[Role.EXPERT]),
        "reviewer": UserFactory(roles=[Role.REVIEWER]),
        "staff": UserFactory(roles=[Role.STAFF]),
        "admin": UserFactory(roles=[Role.ADMIN]),
    }


@pytest.mark.parametrize(
    ("act", "running"),
    [
        (launch.go_live, "waiting"),
        (launch.pause, "live"),
        (launch.resume, "paused"),
        (launch.finish, "live"),
        (launch.finish, "paused"),
    ],
)
def test_owner_and_managers_of_the_region_run_it(act, running):
    for who in (
        "owner",
        "manager",
        "manager here",
        "manager elsewhere",
        "marketer",
        "expert",
        "staff",
        "admin",
    ):
        campaign = approved()
        region = region_of(campaign)
        if running != "waiting":
            run_region(region, running=running)
        actor = people(campaign, region)[who]
        with launching():
            if who in ("owner", "manager", "manager here"):
                act(region=region, by=actor)
            else:
                with pytest.raises(NotAllowed):
                    act(region=region, by=actor)


@pytest.mark.parametrize(
    ("act", "allowed"),
    [
        (launch.go_live, {"waiting"}),
        (launch.pause, {"live"}),
        (launch.resume, {"paused"}),
        (launch.finish, {"live", "paused"}),
    ],
)
@pytest.mark.parametrize("running", Running.values)
def test_every_running_state_and_move(act, allowed, running):
    campaign = approved()
    region = region_of(campaign)
    if running != "waiting":
        run_region(region, running=running)
    with launching():
        if running in allowed:
            act(region=region, by=campaign.owner)
        else:
            with pytest.raises(TransitionRefused):
                act(region=region, by=campaign.owner)
            region.refresh_from_db()
            assert region.running == running


def test_pausing_asks_no_gate_and_tells_at_once():
    heard = []
    campaign = live()
    hooks.region_paused._entries["test"] = lambda region, reason, by: heard.append((region.pk, reason, by))
    try:
        with launching(line("everything is open")):
            launch.pause(region=region_of(campaign), by=campaign.owner, reason="Wrong price")
    finally:
        del hooks.region_paused._entries["test"]
    campaign.refresh_from_db()
    assert heard == [(region_of(campaign).pk, "Wrong price", campaign.owner)]
    assert campaign.phase == "paused"


def test_a_pause_that_could_not_be_told_did_not_happen():
    campaign = live()

    def broken(region, reason, by):
        raise RuntimeError("nobody can be told")

    hooks.region_paused._entries["test"] = broken
    try:
        with pytest.raises(RuntimeError):
            launch.pause(region=region_of(campaign), by=campaign.owner)
    finally:
        del hooks.region_paused._entries["test"]
    assert region_of(campaign).running == Running.LIVE


def test_resuming_passes_the_gate_again_with_the_newest_release():
    campaign = live()
    launch.pause(region=region_of(campaign), by=campaign.owner)
    lifecycle.start_change(campaign=campaign, by=campaign.owner)
    second = fix_release(Campaign.objects.get(pk=campaign.pk))
    with launching(line("briefing.service.AT")), pytest.raises(TransitionRefused):
        launch.resume(region=region_of(campaign), by=campaign.owner)
    assert region_of(campaign).running == Running.PAUSED
    with launching():
        record = launch.resume(region=region_of(campaign), by=campaign.owner)
    assert (record.kind, record.release, region_of(campaign).release) == (LaunchKind.RESUME, second, second)


def test_finishing_the_last_region_finishes_the_campaign():
    campaign = live("AT", "DE")
    launch.finish(region=region_of(campaign, "AT"), by=campaign.owner)
    assert Campaign.objects.get(pk=campaign.pk).phase == "live"
    launch.finish(region=region_of(campaign, "DE"), by=campaign.owner)
    assert Campaign.objects.get(pk=campaign.pk).phase == "finished"
    assert region_of(campaign).ended_at is not None


# --- exceptions -----------------------------------------------------------------------------------------

SHARE = line("briefing.service.AT.share", waivable=True)
PUBLISHED = line("briefing.service.AT.published")


def test_an_exception_covers_only_the_confirmed_share():
    campaign, boss = approved(), manager()
    with launching(SHARE, PUBLISHED):
        exceptions.waive(region=region_of(campaign), by=boss, why="The call centre is closed on Monday")
        with pytest.raises(TransitionRefused) as refused:
            launch.go_live(region=region_of(campaign), by=campaign.owner)
    assert [one.key for one in refused.value.lines] == ["briefing.service.AT.published"]
    with launching(SHARE):
        record = launch.go_live(region=region_of(campaign), by=campaign.owner)
    decision = Decision.objects.get()
    assert record.exception == decision
    assert (decision.kind, decision.by, decision.release) == (
        DecisionKind.GATE_EXCEPTION,
        boss,
        campaign.release,
    )
    assert decision.why == "The call centre is closed on Monday"


def test_an_exception_that_was_not_needed_in_the_end_is_not_on_the_record():
    campaign = approved()
    with launching(SHARE):
        exceptions.waive(region=region_of(campaign), by=manager(), why="Holiday")
    with launching(DONE):
        assert launch.go_live(region=region_of(campaign), by=campaign.owner).exception is None


def test_an_exception_is_for_one_release_and_one_region():
    campaign = approved("AT", "DE")
    with launching(SHARE):
        exceptions.waive(region=region_of(campaign), by=manager(), why="Holiday")
        with pytest.raises(TransitionRefused):
            launch.go_live(region=region_of(campaign, "DE"), by=campaign.owner)
        lifecycle.start_change(campaign=campaign, by=campaign.owner)
        fix_release(Campaign.objects.get(pk=campaign.pk))
        with pytest.raises(TransitionRefused):
            launch.go_live(region=region_of(campaign), by=campaign.owner)


@pytest.mark.parametrize("lines", [[], [PUBLISHED], [line("share", open_=False, waivable=True)]])
def test_there_is_no_exception_where_no_share_is_missing(lines):
    campaign = approved()
    with launching(*lines), pytest.raises(TransitionRefused):
        exceptions.waive(region=region_of(campaign), by=manager(), why="I want to")
    assert Decision.objects.count() == 0


@pytest.mark.parametrize("why", ["", " \n "])
def test_an_exception_needs_a_reason(why):
    campaign = approved()
    with launching(SHARE), pytest.raises(TransitionRefused):
        exceptions.waive(region=region_of(campaign), by=manager(), why=why)


def test_only_a_manager_of_the_region_who_is_not_the_owner_makes_an_exception():
    campaign = approved(owner=manager())
    region = region_of(campaign)
    with launching(SHARE):
        for who, actor in people(campaign, region).items():
            if who not in ("manager", "manager here"):
                with pytest.raises(NotAllowed):
                    exceptions.waive(region=region, by=actor, why="Holiday")
        assert Decision.objects.count() == 0
        exceptions.waive(region=region, by=manager_in(region.region), why="Holiday")
        again = exceptions.waive(region=region, by=manager(), why="Once more")
    assert Decision.objects.get() == again


def test_decisions_stay():
    campaign = approved()
    with launching(SHARE):
        decision = exceptions.waive(region=region_of(campaign), by=manager(), why="Holiday")
    rows = Decision.objects.filter(pk=decision.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(why="Another reason")
    with pytest.raises(IntegrityError), transaction.atomic():
        rows._raw_delete(using="default")


def test_another_share_is_agreed_by_a_manager_with_a_reason():
    campaign, boss = draft(), manager()
    exceptions.set_confirm_share(campaign=campaign, by=boss, share=Decimal("80"), why="A small pilot")
    campaign.refresh_from_db()
    assert campaign.confirm_share == Decimal("80.00")
    decision = Decision.objects.get()
    assert (decision.kind, decision.what) == (
        DecisionKind.CONFIRMED_SHARE,
        "The agreed share of confirmations goes from 95% to 80%.",
    )
    exceptions.set_confirm_share(campaign=campaign, by=boss, share=Decimal("80"), why="Again")
    assert Decision.objects.count() == 1


@pytest.mark.parametrize("share", ["-1", "100.01", "1000"])
def test_a_share_is_a_percentage(share):
    campaign = draft()
    with pytest.raises(TransitionRefused):
        exceptions.set_confirm_share(campaign=campaign, by=manager(), share=Decimal(share), why="Because")


def test_the_owner_does_not_agree_the_share_even_as_a_manager():
    campaign = draft(owner=manager())
    for actor in (campaign.owner, marketer(), UserFactory(roles=[Role.ADMIN])):
        with pytest.raises(NotAllowed):
            exceptions.set_confirm_share(campaign=campaign, by=actor, share=Decimal("1"), why="Faster")


# --- our own checks -------------------------------------------------------------------------------------


def progress_of(campaign, key):
    campaign = Campaign.objects.get(pk=campaign.pk)
    with own_checks():
        found = launch.gate(Dossier(campaign), region_of(campaign)).lines
    return next(one.progress for one in found if one.key == key)


def test_an_expert_who_left_holds_the_start():
    campaign = draft()
    channel = CampaignChannelFactory(campaign=campaign)
    fix_release(campaign)
    assert progress_of(campaign, "experts.AT") == "done"
    channel.expert.is_active = False
    channel.expert.save()
    assert progress_of(campaign, "experts.AT") == "stuck"


def test_a_channel_of_another_region_does_not_hold_this_one():
    campaign = draft("AT", "DE")
    channel = CampaignChannelFactory(campaign=campaign, regions=[region_of(campaign, "DE")], expert=None)
    fix_release(campaign)
    assert channel.expert is None
    assert progress_of(campaign, "experts.AT") == "done"


def test_the_budget_must_stand_approved():
    campaign = approved()
    BudgetFactory(campaign=campaign)
    assert progress_of(campaign, "budget.approved") == "stuck"


def test_a_flight_before_its_region_holds_the_start():
    campaign = draft()
    channel = CampaignChannelFactory(campaign=campaign)
    channel.flights.create(starts_on="2026-09-21", ends_on="2026-09-30")
    campaign.regions.update(starts_on="2026-09-22")
    fix_release(campaign)
    assert progress_of(campaign, "flights.AT") == "stuck"


def test_a_release_that_was_tampered_with_is_not_launched():
    campaign = approved()
    good = campaign.release
    forged = Release.objects.create(
        campaign=campaign,
        number=2,
        content=good.content | {"core": {"claim": "Free!"}},
        content_hash=good.content_hash,
        approved_by=good.approved_by,
    )
    Campaign.objects.filter(pk=campaign.pk).update(release=forged)
    assert progress_of(campaign, "release.AT") == "stuck"


def test_after_the_last_day_nothing_starts(time_machine):
    campaign = approved()
    time_machine.move_to("2026-10-31T23:00:00+00:00", tick=False)
    assert progress_of(campaign, "period.AT") == "stuck"


def test_a_channel_of_several_regions_starts_with_its_last_one():
    campaign = draft("AT", "DE")
    CampaignRegion.objects.filter(campaign=campaign, region__code="AT").update(starts_on="2026-10-01")
    tv = CampaignChannelFactory(campaign=campaign, channel=ChannelFactory(code="tv", name_en="TV"))
    assert tv.regions.count() == 2
    fix_release(campaign)
    run_region(region_of(campaign, "DE"))
    (start,) = launch.shared_channels(Dossier(Campaign.objects.get(pk=campaign.pk)))
    assert (start.name, start.waiting, start.at.isoformat()) == (
        "TV",
        ("AT",),
        "2026-09-30T22:00:00+00:00",
    )


@pytest.mark.parametrize(("shared", "progress"), [(True, "stuck"), (False, "done")])
def test_a_flight_before_the_last_of_the_regions_it_reaches_at_once_is_an_open_point(shared, progress):
    campaign = draft("AT", "DE")
    CampaignRegion.objects.filter(campaign=campaign, region__code="AT").update(starts_on="2026-10-01")
    spot = CampaignChannelFactory(campaign=campaign, channel=ChannelFactory(name_en="Spot", at_once=shared))
    spot.flights.create(starts_on="2026-09-25", ends_on="2026-10-10")
    fix_release(campaign)
    dossier = Dossier(Campaign.objects.get(pk=campaign.pk))
    found = {line.key: line for line in launch.gate(dossier, region_of(campaign, "DE")).lines}
    assert found["flights.DE"].progress == progress
    assert found["flights.DE"].detail.replace("\xa0", " ") == "Spot (AT starts on 1 Oct 2026)" * shared
    (line,) = [one for one in approval_lines(dossier) if one.key == "flights"]
    assert (line.progress == "done", line.detail) == (not shared, "Spot" * shared)


# --- at the same time -----------------------------------------------------------------------------------


def at_once(*jobs):
    """Run jobs in threads of their own connection, as close together as possible; what each one gave."""
    barrier, results = threading.Barrier(len(jobs)), [None] * len(jobs)

    def run(place, job):
        try:
            barrier.wait(timeout=10)
            results[place] = job()
        except Exception as error:
            results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=one) for one in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return results


@pytest.mark.django_db(transaction=True)
def test_two_at_once_launch_once():
    campaign = approved()
    region = region_of(campaign)
    with launching():
        results = at_once(*[lambda: launch.go_live(region=region.pk)] * 2)
    assert LaunchRecord.objects.count() == 1
    refused = [one for one in results if isinstance(one, TransitionRefused)]
    assert [one.already for one in refused] == [True]


@pytest.mark.django_db(transaction=True)
def test_a_launch_and_a_cancellation_at_once_leave_one_of_them():
    campaign = approved()
    region, owner = region_of(campaign), campaign.owner
    with launching():
        at_once(
            lambda: launch.go_live(region=region.pk),
            lambda: lifecycle.cancel(campaign=campaign.pk, by=owner, reason="No stock"),
        )
    campaign.refresh_from_db()
    region.refresh_from_db()
    assert (campaign.state, region.running) in [("cancelled", "waiting"), ("approved", "live")]
