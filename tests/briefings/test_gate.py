"""What the briefings ask of a launch, and what the campaign page says of it (serves B4)."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.enums import Audience
from accounts.models import Absence, TeamMember, User
from briefings import panels
from briefings.checks import briefing_lines
from briefings.services.deciding import clear_by_name
from campaigns.models import Campaign
from campaigns.readiness import Progress
from campaigns.services.dossier import Dossier
from tests.briefings.data import bring, coming, confirmed_by, put_out, region_in, rewrite, staff, written
from tests.factories import TeamFactory, UserFactory
from tests.factories.lifecycle import fix_release

pytestmark = pytest.mark.django_db


def lines(region, audience="service"):
    """The lines of an audience by the middle of their key."""
    dossier = Dossier(Campaign.objects.get(pk=region.campaign_id))
    here = next(one for one in dossier.regions if one.pk == region.pk)
    found = briefing_lines(dossier, here)
    return {line.key.split(".")[1]: line for line in found if f".{audience}." in line.key}


def progress(region, audience="service"):
    return {key: line.progress for key, line in lines(region, audience).items()}


def all_mails_sent(version):
    bring(version.deliveries.filter(state="queued"), "sent")


def test_every_audience_needs_a_serving_team(region):
    staff(region)
    for audience in ("sales", "branch"):
        assert progress(region, audience) == {"team": Progress.STUCK}


def test_stuck_until_drafted_in_work_until_published(region):
    staff(region)
    assert progress(region) == {"published": Progress.STUCK}
    briefing = written(region)
    assert progress(region) == {"published": Progress.IN_WORK}
    put_out(briefing)
    assert progress(region)["published"] == Progress.DONE


def test_sent_and_confirmed_lets_it_pass(told, region):
    _team, anna, _briefing, version = told
    assert progress(region) == {
        "published": Progress.DONE,
        "mail": Progress.IN_WORK,
        "confirmed": Progress.IN_WORK,
    }
    all_mails_sent(version)
    confirmed_by(version, anna)
    assert set(progress(region).values()) == {Progress.DONE}


def test_another_release_needs_another_publication(told, region):
    _team, anna, briefing, version = told
    confirmed_by(version, anna)
    fix_release(region.campaign)
    assert progress(region)["published"] == Progress.IN_WORK
    assert "not published from this release" in lines(region)["published"].title
    put_out(briefing, ask_again=False)
    assert progress(region)["published"] == Progress.DONE
    assert progress(region)["confirmed"] == Progress.DONE


def test_every_published_language_has_to_follow_the_release(region):
    staff(region, 1, language="de")
    staff(region, 1, language="en")
    german = written(region)
    put_out(german)
    put_out(written(region, language="en"))
    fix_release(region.campaign)
    put_out(german)
    assert progress(region)["published"] == Progress.IN_WORK


def test_only_another_language_than_the_regions_is_not_enough(region):
    staff(region, 1, language="en")
    put_out(written(region, language="en"))
    assert progress(region)["published"] == Progress.IN_WORK


@pytest.mark.parametrize("state", ["failed", "uncertain"])
def test_a_mail_in_trouble_is_stuck_until_it_is_settled(told, region, state):
    _team, anna, _briefing, version = told
    bring(version.deliveries, state)
    assert progress(region)["mail"] == Progress.STUCK
    clear_by_name(version=version, user=anna, by=region.campaign.owner, reason="Told by phone")
    assert progress(region) == {
        "published": Progress.DONE,
        "mail": Progress.DONE,
        "confirmed": Progress.IN_WORK,
    }


def test_who_confirmed_needs_no_mail(told, region):
    _team, anna, _briefing, version = told
    bring(version.deliveries, "failed")
    confirmed_by(version, anna)
    assert progress(region)["mail"] == Progress.DONE


def test_the_share_is_of_those_who_are_here(region):
    _team, people = staff(region, 20)
    version = put_out(written(region))
    confirmed_by(version, *people[:18])
    assert lines(region)["confirmed"].title.startswith("90% of Customer service in AT confirmed")
    assert progress(region)["confirmed"] == Progress.IN_WORK
    today = timezone.localdate()
    Absence.objects.create(user=people[19], starts_on=today, ends_on=today)
    assert progress(region)["confirmed"] == Progress.IN_WORK
    confirmed_by(version, people[18])
    assert progress(region)["confirmed"] == Progress.DONE


def test_exactly_the_agreed_share_is_enough(region):
    _team, people = staff(region, 20)
    confirmed_by(put_out(written(region)), *people[:19])
    assert progress(region)["confirmed"] == Progress.DONE
    Campaign.objects.filter(pk=region.campaign_id).update(confirm_share=Decimal("95.01"))
    assert progress(region)["confirmed"] == Progress.IN_WORK


def test_nobody_here_is_stuck(told, region):
    today = timezone.localdate()
    Absence.objects.create(user=told[1], starts_on=today, ends_on=today)
    line = lines(region)["confirmed"]
    assert (line.progress, line.detail) == (Progress.STUCK, "Everybody is away today.")


def test_a_superseded_confirmation_does_not_count(told, region):
    _team, anna, briefing, version = told
    confirmed_by(version, anna)
    rewrite(briefing, say="Else")
    put_out(briefing)
    assert progress(region)["confirmed"] == Progress.IN_WORK


def test_a_person_in_two_teams_counts_once(told, region):
    TeamFactory(in_regions=[region.region], with_members=[told[1]])
    assert lines(region)["confirmed"].detail.startswith("1 person is missing")


def test_the_lead_is_asked_for_confirmations_the_owner_for_the_rest(told, region):
    team, _anna, _briefing, _version = told
    lead = UserFactory(roles=["team_lead"])
    team.lead = lead
    team.save()
    found = lines(region)
    assert found["confirmed"].who == lead
    assert found["published"].who == region.campaign.owner
    assert found["published"].due == date(2026, 9, 14)
    assert found["confirmed"].due == date(2026, 9, 20)
    assert [line.waivable for line in found.values()] == [False, False, True]


@pytest.mark.parametrize("codes", [["AT"], ["AT", "CH", "DE"]], ids=["one region", "three regions"])
def test_the_gate_asks_the_same_queries_however_many_regions_and_people(codes):
    campaign = coming(*codes)
    for code in codes:
        here = region_in(campaign, code)
        staff(here, 60 if code == "AT" else 3)
        put_out(written(here))
    dossier = Dossier(Campaign.objects.select_related("owner", "release").get(pk=campaign.pk))
    regions = dossier.regions
    with CaptureQueriesContext(connection) as queries:
        for here in regions:
            list(briefing_lines(dossier, here))
    assert len(queries) == 5


def test_hundreds_of_staff_are_counted_right(region):
    team, _people = staff(region, 0)
    made = User.objects.bulk_create(
        [User(email=f"n{n}@firm.example", last_name=str(n), language="de") for n in range(400)]
    )
    TeamMember.objects.bulk_create([TeamMember(team=team, user=user) for user in made])
    version = put_out(written(region))
    confirmed_by(version, *made[:7])
    line = lines(region)["confirmed"]
    assert line.title.startswith("1.7% of")
    assert line.detail == f"393 people are missing: {team.name} (393)"


def test_the_panel_sums_up_each_audience(told, region):
    dossier = Dossier(Campaign.objects.get(pk=region.campaign_id))
    panel = panels.briefing_panel(dossier, region.campaign.owner)
    first = panel.context["sums"][0]
    assert (first.label, first.present, first.share, first.published) == ("Customer service", 1, 0, 1)
    assert [one.label for one in panel.context["sums"]] == [str(one.label) for one in Audience]


def test_no_panel_for_a_cancelled_campaign(region):
    Campaign.objects.update(state="cancelled")
    dossier = Dossier(Campaign.objects.get(pk=region.campaign_id))
    assert panels.briefing_panel(dossier, region.campaign.owner) is None
