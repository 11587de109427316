"""A rollout in stages: a later stage starts only after every earlier checkpoint said go, whoever writes."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from campaigns import rollout
from campaigns.enums import LaunchKind, Running, StageAnswer
from campaigns.models import CampaignRegion, CheckpointDecision, LaunchRecord, StageRegion
from campaigns.readiness import launch_checks
from campaigns.services.dossier import Dossier
from campaigns.services.launch import go_live
from campaigns.services.stages import StagePlan, decide, set_stages, steps_of
from campaigns.services.transitions import TransitionRefused
from core.concurrency import StaleVersion
from tests.campaigns.lifecycle_data import only
from tests.factories import UserFactory
from tests.factories.lifecycle import draft, fix_release

pytestmark = pytest.mark.django_db
GO, CHANGE, STOP = StageAnswer


@pytest.fixture
def staged():
    """Austria first, then Germany; approved, and both could start by their dates."""
    today = timezone.localdate()
    campaign = draft("AT", "DE")
    first, last = today - timedelta(days=3), today + timedelta(days=30)
    type(campaign).objects.filter(pk=campaign.pk).update(starts_on=first, ends_on=last)
    campaign.regions.update(starts_on=first, ends_on=last)
    austria, germany = campaign.regions.order_by("region__code")
    plans = [
        StagePlan("Pilot", (austria.pk,), first, "Do they come?"),
        StagePlan("Wider", (germany.pk,)),
    ]
    campaign.refresh_from_db()
    set_stages(campaign=campaign, stages=plans, by=campaign.owner, expected=campaign.version)
    fix_release(campaign)
    campaign.refresh_from_db()
    return campaign


def by_hand(region: CampaignRegion) -> int:
    """Start a region past all services, with a launch record as the gate would write it."""
    release = region.campaign.release
    launch = LaunchRecord.objects.create(
        campaign_region=region, release=release, kind=LaunchKind.START, checks=[]
    )
    rows = CampaignRegion.objects.filter(pk=region.pk)
    return rows.update(running=Running.LIVE, release=release, launch=launch)


def test_the_next_stage_waits_for_go_at_the_gate_and_below_it(staged, monkeypatch):
    austria, germany = staged.regions.order_by("region__code")
    stage = staged.stages.get(position=0)
    with only(launch_checks, stages=rollout.earlier_stages_have_passed):
        assert list(rollout.earlier_stages_have_passed(Dossier(staged), austria)) == []
        with pytest.raises(TransitionRefused) as refused:
            go_live(region=germany, by=staged.owner)
        (line,) = refused.value.lines
        assert (line.title, line.who) == ("“Wider” waits for the checkpoint of “Pilot”", staged.owner)
        assert line.due == stage.checkpoint_on
        with pytest.raises(IntegrityError), transaction.atomic():
            by_hand(germany)
        with pytest.raises(ValidationError, match="has not started anywhere"):
            decide(stage=stage, answer=GO, learned="Fine", by=staged.owner)
        go_live(region=austria, by=staged.owner)
        for answer in (CHANGE, STOP):
            decide(stage=stage, answer=answer, learned="Too dear", by=staged.owner)
            with pytest.raises(IntegrityError), transaction.atomic():
                by_hand(germany)
        (line,) = rollout.earlier_stages_have_passed(Dossier(staged), germany)
        assert line.title == "Stopped at the checkpoint of “Pilot”: “Wider” does not start"
        assert "the owner or a manager of all regions may decide anew" in line.detail
        decide(stage=stage, answer=GO, learned="Cheaper now", by=staged.owner)
        go_live(region=germany, by=staged.owner)
    (step, _last) = steps_of(Dossier(staged))
    assert [row.answer for row in step.decisions] == [GO, STOP, CHANGE]
    for change in (
        lambda: CheckpointDecision.objects.update(answer=GO),
        lambda: CheckpointDecision.objects.all().delete(),
        lambda: StageRegion.objects.all().delete(),
        lambda: staged.stages.update(position=7),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_who_decides_and_with_which_words(staged, client):
    stage = staged.stages.get(position=0)
    stranger = UserFactory(roles_in={staged.regions.first().region: [Role.MANAGER]})
    with pytest.raises(PermissionDenied):
        decide(stage=stage, answer=STOP, learned="No", by=stranger)
    with pytest.raises(ValidationError, match="No stage follows"):
        decide(stage=staged.stages.get(position=1), answer=STOP, learned="No", by=staged.owner)
    (item,) = rollout.checkpoints_due(staged.owner, timezone.now())
    assert (item.due, item.detail) == (stage.checkpoint_on, "Do they come?")
    client.force_login(staged.owner)
    url = reverse("campaigns:stage_decide", args=[staged.pk, stage.pk])
    assert item.url == url
    answer = client.post(url, {"answer": "go", "learned": "All went well"})
    assert b"has not started anywhere" in answer.content
    assert b"All went well" in answer.content
    assert client.post(url, {"answer": "stop", "learned": "Too dear"}).status_code == 302
    assert rollout.checkpoints_due(staged.owner, timezone.now()) == []
    page = client.get(staged.get_absolute_url() + "?all=1").content.decode()
    assert "Too dear" in page
    assert "Decide anew" in page


def test_stages_are_planned_with_every_problem_at_its_field(client):
    campaign = draft("AT", "CH", "DE")
    austria, swiss, germany = campaign.regions.order_by("region__code")
    client.force_login(campaign.owner)
    url = reverse("campaigns:stages", args=[campaign.pk])
    sent = {
        "version": campaign.version,
        "s0_name": "Pilot",
        "s0_regions": [austria.pk],
        "s1_name": "",
        "s1_regions": [austria.pk, germany.pk],
        "s1_checkpoint_on": "2026-10-01",
        "s2_name": "Rest",
        "s2_regions": [swiss.pk],
    }
    day = "21\xa0Sept\xa02026"
    errors = client.post(url, sent).context["form"].errors
    assert {name: list(words) for name, words in errors.items()} == {
        "s0_checkpoint_on": ["When is it decided whether the next stage may start?"],
        "s1_name": ["Please give this stage a name."],
        "s1_regions": [f"{austria.region} is part of an earlier stage already."],
        "s2_regions": [f"{swiss.region} starts on {day}, before the checkpoint of the stage before."],
    }
    swiss.starts_on = germany.starts_on = date(2026, 10, 5)
    swiss.save()
    germany.save()
    good = sent | {"s0_checkpoint_on": "2026-09-30", "s1_name": "Big", "s1_regions": [germany.pk]}
    assert client.post(url, good).status_code == 302
    assert [row.name for row in campaign.stages.all()] == ["Pilot", "Big", "Rest"]
    stale = client.post(url, good | {"s2_name": "Others"})
    assert (stale.status_code, stale.context["form"]["s2_name"].value()) == (409, "Others")
    with pytest.raises(StaleVersion):
        set_stages(campaign=campaign, stages=[], by=campaign.owner, expected=campaign.version)
    campaign.refresh_from_db()
    fix_release(campaign)
    type(campaign).objects.filter(pk=campaign.pk).update(state="draft")
    moved = good | {"version": campaign.version, "s1_regions": [], "s1_name": ""}
    assert b"The release was approved with these stages." in client.post(url, moved).content
