"""A release that waits to replace another one: its owner and managers know what it waits for, once."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.enums import Role
from campaigns.enums import Running
from campaigns.models import Campaign, CampaignRegion
from campaigns.services import beat, launch, lifecycle
from core.delivery.models import OutgoingMail
from core.models import AuditEvent
from core.registry import home_sources
from tests.campaigns.lifecycle_data import launching, line
from tests.factories import manager, marketer
from tests.factories.lifecycle import fix_release, live, manager_in, region_of

pytestmark = pytest.mark.django_db
UNPUBLISHED = line("briefing.published.service.AT")
UNCONFIRMED = line("briefing.confirmed.service.AT")


@pytest.fixture(autouse=True)
def during(time_machine):
    time_machine.move_to("2026-09-25T12:00:00+00:00", tick=False)


def waiting(*codes):
    """A live campaign whose second release is approved and in force nowhere."""
    boss = manager()
    campaign = live(*codes)
    lifecycle.start_change(campaign=campaign, by=campaign.owner)
    fix_release(Campaign.objects.get(pk=campaign.pk), by=boss)
    # Whoever approved the first release is not with the company any more.
    campaign.release.approved_by.grants.all().delete()
    return Campaign.objects.get(pk=campaign.pk), boss


def mails():
    return OutgoingMail.objects.filter(key__startswith="replacement:").order_by("pk")


def home(user):
    return dict(home_sources.items())["replacements"](user, timezone.now())


def test_owner_and_managers_get_one_mail_for_all_regions_once_per_changed_reason():
    local = manager_in(region_of("AT"), language="de")
    manager_in(region_of("UK"))
    campaign, boss = waiting("AT", "DE")
    with launching(UNPUBLISHED):
        assert beat.run_due() == {"told": 1}
        assert beat.run_due() == {}
    told = {campaign.owner, boss, local}
    assert {mail.recipient for mail in mails()} == told
    assert mails().count() == 3
    mail = mails().get(recipient=campaign.owner)
    assert mail.subject == f"Release 2 waits: {campaign.name}"
    assert "Region AT, Region DE" in mail.text
    assert mail.text.count("Point briefing.published.service.AT") == 1
    assert f"/campaigns/{campaign.pk}/gate/" in mail.text
    with launching(UNCONFIRMED):
        assert beat.run_due() == {"told": 1}
    assert mails().count() == 6
    events = AuditEvent.objects.filter(verb="campaign.replacement_waits")
    assert [(event.actor, event.data["regions"]) for event in events] == [(None, "AT, DE")] * 2


def test_many_managers_are_told_with_as_many_queries_as_one():
    waiting("AT")
    counted = []
    for reason in (UNPUBLISHED, UNCONFIRMED):
        with launching(reason), CaptureQueriesContext(connection) as queries:
            assert beat.run_due() == {"told": 1}
        counted.append(len(queries))
        for _ in range(3):
            manager_in(region_of("AT"))
    assert counted[0] == counted[1]
    assert mails().count() == 2 + 5


def test_the_owner_sees_on_home_what_is_missing_until_it_is_in_force():
    campaign, boss = waiting("AT")
    assert home(campaign.owner) == []
    with launching(UNPUBLISHED, UNCONFIRMED, line("budget.approved")):
        beat.run_due()
    (item,) = home(campaign.owner)
    assert item.title == f"Release 2 waits: {campaign.name}"
    missing = "briefings to publish, confirmations of the staff, the budget"
    assert item.detail == f"Still missing: {missing}"
    assert item.url == f"/campaigns/{campaign.pk}/gate/"
    assert home(boss) == home(marketer()) == []
    with launching():
        assert beat.run_due() == {"replaced": 1}
    assert home(campaign.owner) == []


def test_a_paused_region_and_a_closed_campaign_wait_for_nothing():
    campaign, _boss = waiting("AT")
    launch.pause(region=campaign.regions.get(), by=campaign.owner)
    with launching(UNPUBLISHED):
        assert beat.run_due() == {}
    CampaignRegion.objects.update(held_told="x")
    assert home(campaign.owner) == []
    assert campaign.regions.get().running == Running.PAUSED


def test_home_asks_the_same_for_one_and_three(django_assert_num_queries):
    owner = waiting("AT")[0].owner
    assert owner.rights.has(Role.MARKETER)  # read once per request
    for rows in (1, 3):
        while Campaign.objects.count() < rows:
            waiting("DE")
        Campaign.objects.update(owner=owner)
        with launching(UNPUBLISHED):
            beat.run_due()
        with django_assert_num_queries(2):
            assert len(home(owner)) == rows
