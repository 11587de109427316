"""What the clock does: each region in its own zone, held starts told once per reason, twice harmless."""

import threading

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.enums import Role
from campaigns.enums import Running
from campaigns.models import Campaign, CampaignRegion, LaunchRecord
from campaigns.services import beat, launch, lifecycle
from campaigns.tasks import run_due
from core.delivery.models import OutgoingMail
from core.models import AuditEvent
from tests.campaigns.lifecycle_data import launching, line
from tests.factories import CampaignChannelFactory, ChannelFactory, UserFactory, manager
from tests.factories.lifecycle import approved, draft, fix_release, live, manager_in, run_region
from tests.factories.lifecycle import region_of as company_region

pytestmark = pytest.mark.django_db
BEFORE, DURING = "2026-09-01T08:00:00+00:00", "2026-09-25T12:00:00+00:00"
OPEN = line("briefing.service")


def states(campaign):
    return dict(campaign.regions.order_by("region__code").values_list("region__code", "running"))


def held_mails():
    return OutgoingMail.objects.filter(key__startswith="held:")


def test_every_region_starts_at_its_own_midnight(time_machine):
    time_machine.move_to(BEFORE, tick=False)
    company_region("UK")
    company_region("TK", timezone="Pacific/Auckland")
    campaign = approved("AT", "UK", "TK")
    seen = []
    with launching():
        for moment in (
            "2026-09-20T11:59:59+00:00",
            "2026-09-20T12:00:00+00:00",  # 21 September in Auckland
            "2026-09-20T21:59:59+00:00",
            "2026-09-20T22:00:00+00:00",  # … in Vienna
            "2026-09-20T23:00:00+00:00",  # … in London
        ):
            time_machine.move_to(moment, tick=False)
            beat.run_due()
            seen.append("".join(code[0] for code, state in states(campaign).items() if state == "live"))
    assert seen == ["", "T", "T", "AT", "ATU"]


def test_every_region_finishes_at_its_own_midnight_after_the_clocks_changed(time_machine):
    """Summer time ends on 25 October: the last day ends at 23:00 UTC in Vienna, at 24:00 in London."""
    time_machine.move_to(DURING, tick=False)
    campaign = live("AT", "UK")
    seen = []
    for moment in ("2026-10-31T22:59:59+00:00", "2026-10-31T23:00:00+00:00", "2026-11-01T00:00:00+00:00"):
        time_machine.move_to(moment, tick=False)
        beat.run_due()
        seen.append(list(states(campaign).values()))
    assert seen == [["live", "live"], ["finished", "live"], ["finished", "finished"]]
    campaign.refresh_from_db()
    assert campaign.phase == "finished"
    assert AuditEvent.objects.filter(verb="region.finished", actor=None).count() == 2


def test_a_day_whose_midnight_is_skipped_begins_with_its_first_instant(time_machine):
    """In Cairo clocks went from 00:00 to 01:00 on Friday 24 April 2026."""
    time_machine.move_to("2026-04-01T00:00:00+00:00", tick=False)
    campaign = draft(code := "EG") if company_region("EG", timezone="Africa/Cairo") else None
    rows = CampaignRegion.objects.filter(campaign=campaign, region__code=code)
    Campaign.objects.filter(pk=campaign.pk).update(starts_on="2026-04-24")
    rows.update(starts_on="2026-04-24")
    fix_release(campaign)
    with launching():
        time_machine.move_to("2026-04-23T21:59:59+00:00", tick=False)
        beat.run_due()
        assert states(campaign) == {"EG": "waiting"}
        time_machine.move_to("2026-04-23T22:00:00+00:00", tick=False)
        beat.run_due()
    assert states(campaign) == {"EG": "live"}


def test_a_paused_region_finishes_at_its_end_too(time_machine):
    time_machine.move_to(DURING, tick=False)
    campaign = approved()
    run_region(campaign.regions.get(), running=Running.PAUSED)
    time_machine.move_to("2026-11-02T00:00:00+00:00", tick=False)
    assert beat.run_due() == {"finished": 1}
    assert states(campaign) == {"AT": "finished"}


def test_a_held_start_tells_owner_managers_and_experts_once_per_changed_reason(time_machine):
    time_machine.move_to(DURING, tick=False)
    boss, local = manager(), manager_in(company_region("AT"), language="de")
    manager_in(company_region("UK"))
    UserFactory(roles=[Role.EXPERT])
    campaign = draft("AT", "DE")
    here = CampaignChannelFactory(campaign=campaign, regions=[campaign.regions.get(region__code="AT")])
    elsewhere = CampaignChannelFactory(
        campaign=campaign, channel=ChannelFactory(), regions=[campaign.regions.get(region__code="DE")]
    )
    fix_release(campaign, by=boss)
    CampaignRegion.objects.filter(campaign=campaign, region__code="DE").delete()
    with launching(OPEN):
        for _ in range(3):
            assert beat.run_due() == {"held": 1}
    told = set(held_mails().values_list("recipient", flat=True))
    assert told == {campaign.owner_id, boss.pk, local.pk, here.expert_id}
    assert elsewhere.expert_id not in told
    assert set(held_mails().filter(urgent=False).values_list("recipient", flat=True)) == {here.expert_id}
    with launching(OPEN, line("budget")):
        beat.run_due()
        beat.run_due()
    assert held_mails().count() == 8
    assert AuditEvent.objects.filter(verb="region.held").count() == 2
    with launching():
        assert beat.run_due() == {"started": 1}
    assert campaign.regions.get().held_told == ""


def test_progress_on_the_same_point_is_no_new_reason(time_machine):
    time_machine.move_to(DURING, tick=False)
    approved()
    for detail in ("80 of 100", "81 of 100"):
        with launching(line("share", detail=detail)):
            beat.run_due()
    assert held_mails().values("recipient").distinct().count() == held_mails().count()


def test_the_mail_says_what_is_open_and_where_to_look(time_machine):
    time_machine.move_to(DURING, tick=False)
    campaign = approved()
    with launching(line("share", who=campaign.owner)):
        beat.run_due()
    mail = held_mails().get(recipient=campaign.owner)
    assert mail.subject == f"Start held in Region AT: {campaign.name}"
    assert f"- Point share ({campaign.owner})" in mail.text
    assert f"/campaigns/{campaign.pk}/gate/" in mail.text
    assert "Point share" in mail.html


def test_nothing_is_told_before_the_start_or_after_the_end(time_machine):
    time_machine.move_to(BEFORE, tick=False)
    campaign = approved()
    with launching(OPEN):
        assert beat.run_due() == {}
        time_machine.move_to("2026-11-02T00:00:00+00:00", tick=False)
        assert beat.run_due() == {}
    assert held_mails().count() == 0
    assert states(campaign) == {"AT": "waiting"}


@pytest.mark.parametrize("state", ["cancelled", "evaluated"])
def test_closed_campaigns_are_left_alone(state, time_machine):
    time_machine.move_to(DURING, tick=False)
    campaign = approved()
    Campaign.objects.filter(pk=campaign.pk).update(state=state)
    with launching(OPEN):
        assert beat.run_due() == {}


def test_the_release_decides_when_a_region_starts_not_the_draft_beside_it(time_machine):
    time_machine.move_to(BEFORE, tick=False)
    campaign = approved("AT", "DE")
    lifecycle.start_change(campaign=campaign, by=campaign.owner)
    rows = CampaignRegion.objects.filter(campaign=campaign)
    rows.filter(region__code="AT").update(starts_on="2026-10-20")
    rows.filter(region__code="DE").update(starts_on="2026-09-02")
    with launching():
        time_machine.move_to("2026-09-03T12:00:00+00:00", tick=False)
        assert beat.run_due() == {}
        time_machine.move_to(DURING, tick=False)
        assert beat.run_due() == {"started": 2}


def test_a_live_region_ends_with_its_release_while_the_draft_wants_more(time_machine):
    time_machine.move_to(DURING, tick=False)
    campaign = live()
    lifecycle.start_change(campaign=campaign, by=campaign.owner)
    CampaignRegion.objects.filter(campaign=campaign).update(ends_on="2026-12-31")
    time_machine.move_to("2026-11-02T00:00:00+00:00", tick=False)
    assert beat.run_due() == {"finished": 1}


def test_a_new_release_replaces_the_old_one_when_its_gate_is_clear(time_machine):
    time_machine.move_to(DURING, tick=False)
    campaign = live()
    first = campaign.release
    lifecycle.start_change(campaign=campaign, by=campaign.owner)
    second = fix_release(Campaign.objects.get(pk=campaign.pk))
    with launching(OPEN):
        assert beat.run_due() == {"told": 1}
    assert campaign.regions.get().release == first
    with launching():
        assert beat.run_due() == {"replaced": 1}
        assert beat.run_due() == {}
    assert campaign.regions.get().release == second
    assert held_mails().count() == 0


def test_a_campaign_whose_last_region_never_started_is_finished_in_lists(time_machine):
    time_machine.move_to(DURING, tick=False)
    campaign = approved("AT", "DE")
    run_region(campaign.regions.get(region__code="AT"))
    launch.finish(region=campaign.regions.get(region__code="AT"), by=campaign.owner)
    assert Campaign.objects.get(pk=campaign.pk).phase == "approved"
    time_machine.move_to("2026-11-02T12:00:00+00:00", tick=False)
    beat.run_due()
    assert Campaign.objects.get(pk=campaign.pk).phase == "finished"


def test_one_broken_region_does_not_stop_the_others(time_machine, monkeypatch):
    time_machine.move_to(DURING, tick=False)
    broken, fine = approved("AT"), approved("DE")
    real = beat.go_live

    def go_live(*, region):
        if region.campaign_id == broken.pk:
            raise RuntimeError("broken")
        return real(region=region)

    monkeypatch.setattr(beat, "go_live", go_live)
    with launching():
        assert beat.run_due() == {"failed": 1, "started": 1}
    assert states(fine) == {"DE": "live"}


def test_a_crash_before_the_mails_leaves_nothing_half_told(time_machine, monkeypatch):
    time_machine.move_to(DURING, tick=False)
    campaign = approved()

    def crash(*args, **kwargs):
        raise RuntimeError("power cut")

    with monkeypatch.context() as patch, launching(OPEN):
        patch.setattr(beat, "queue_mails", crash)
        assert beat.run_due() == {"failed": 1}
    assert (campaign.regions.get().held_told, held_mails().count()) == ("", 0)
    with launching(OPEN):
        run_due()
    assert held_mails().filter(recipient=campaign.owner).count() == 1


def test_somebody_who_left_is_not_told(time_machine):
    time_machine.move_to(DURING, tick=False)
    campaign = approved()
    campaign.owner.is_active = False
    campaign.owner.save()
    with launching(OPEN):
        beat.run_due()
    assert not held_mails().filter(recipient=campaign.owner).exists()


def test_many_managers_are_told_with_as_many_queries_as_one_each_in_his_language(time_machine):
    time_machine.move_to(DURING, tick=False)
    manager_in(company_region("AT"), language="de")
    campaign, counted = approved(), []
    for key in ("briefing.service", "budget"):
        with launching(line(key)), CaptureQueriesContext(connection) as queries:
            assert beat.run_due() == {"held": 1}
        counted.append((len(queries), held_mails().count()))
        for language in ("de", "en", "en"):
            manager_in(company_region("AT"), language=language)
    (few, first), (many, both) = counted
    assert (many, both) == (few, first + first + 3)
    assert {mail.language == mail.recipient.language for mail in held_mails()} == {True}
    for key in ("briefing.service", "budget"):
        assert held_mails().filter(recipient=campaign.owner, text__contains=f"Point {key}").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_beats_at_once_do_no_harm(time_machine):
    time_machine.move_to(DURING, tick=False)
    campaigns = [approved() for _ in range(3)]
    barrier = threading.Barrier(2)

    def turn():
        try:
            barrier.wait(timeout=10)
            beat.run_due()
        finally:
            connection.close()

    def both():
        threads = [threading.Thread(target=turn) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)

    with launching(OPEN):
        both()
    assert AuditEvent.objects.filter(verb="region.held").count() == 3
    with launching():
        both()
    assert LaunchRecord.objects.count() == 3
    assert {state for campaign in campaigns for state in states(campaign).values()} == {"live"}


def test_a_turn_with_nothing_to_do_costs_the_same_however_many_campaigns_there_are(
    time_machine, django_assert_num_queries
):
    time_machine.move_to(BEFORE, tick=False)
    approved()
    with django_assert_num_queries(4):
        beat.run_due()
    approved(), approved("DE")
    with django_assert_num_queries(4):
        beat.run_due()
