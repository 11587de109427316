"""Approval fixes an immutable copy; a change makes a new one beside it, and the old one stays."""

import json

import pytest
from django.utils import timezone

from campaigns import hooks
from campaigns.enums import LaunchKind, Running
from campaigns.models import Campaign, Release, Review, ReviewApproval
from campaigns.services import lifecycle, release, snapshot
from campaigns.services.content import canonical_hash, region_hash
from campaigns.services.dossier import Dossier
from campaigns.services.launch import replace_release
from campaigns.services.transitions import TransitionRefused
from customers.models import TargetGroup
from tests.campaigns.lifecycle_data import approval, launching, line
from tests.campaigns.message_data import make_message
from tests.factories import manager
from tests.factories.lifecycle import approved, fix_release, live, run_region

pytestmark = pytest.mark.django_db


def reviewed(campaign):
    """Take the message campaign into review, whatever is missing."""
    Campaign.objects.filter(pk=campaign.pk).update(state="in_review", shared_at=timezone.now())
    return Campaign.objects.get(pk=campaign.pk)


def approve(campaign, **kwargs):
    with approval():
        return release.approve(campaign=campaign, by=manager(), **kwargs)


def test_a_release_holds_what_customers_and_staff_get():
    message = make_message()
    message.variant("CH", headline="Neu", body="Jetzt {{price}}")
    group = TargetGroup.objects.create(name_de="Wandernde", name_en="Hikers")
    message.campaign.target_groups.add(group)
    fixed = approve(reviewed(message.campaign))
    content = fixed.content
    assert set(content) == {
        "campaign", "core", "core_by_region", "regions", "channels", "facts", "facts_by_region",
        "variants", "target_groups",
    }  # fmt: skip
    assert [entry["code"] for entry in content["regions"]] == ["CH", "DE", "UK"]
    assert content["campaign"]["owner"] == {"id": message.owner.pk, "name": str(message.owner)}
    assert content["target_groups"] == [{"id": group.pk, "name_de": "Wandernde", "name_en": "Hikers"}]
    price = next(fact for fact in content["facts"] if fact["key"] == "price")
    assert price["values"][""] == {"amount": "159.00", "currency": "EUR"}
    assert price["values"]["CH"] == {"amount": "179.00", "currency": "CHF"}
    shown = next(fact for fact in content["facts_by_region"]["CH"] if fact["key"] == "price")["shown"]
    assert shown["de"] == "CHF\xa0179"
    assert set(shown) == {"de", "en"}
    variant = content["variants"][0]
    assert (variant["region_code"], variant["language"]) == ("CH", "de")
    assert (variant["body"], variant["shown_body"]) == ("Jetzt {{price}}", "Jetzt CHF\xa0179")


def test_the_hash_is_that_of_the_stored_content():
    fixed = approve(reviewed(make_message().campaign))
    stored = Release.objects.get(pk=fixed.pk)
    assert stored.content_hash == canonical_hash(stored.content)
    assert snapshot.is_intact(stored)
    stored.content["campaign"]["name"] = "Something else"
    assert not snapshot.is_intact(stored)


def test_a_release_names_what_each_review_approved():
    message = make_message()
    campaign = reviewed(message.campaign)
    expected = region_hash(Dossier(campaign), campaign.regions.get(region__code="DE"), "de")
    fixed = approve(campaign)
    entry = next(entry for entry in fixed.content["regions"] if entry["code"] == "DE")
    assert entry["reviewed"] == {"de": expected}


def test_only_what_was_seen_is_approved():
    message = make_message()
    campaign = reviewed(message.campaign)
    seen = canonical_hash(snapshot.build(Dossier(campaign)))
    message.core.claim = "Something else"
    message.core.save()
    with pytest.raises(TransitionRefused):
        approve(campaign, seen=seen)
    assert campaign.releases.count() == 0
    seen = canonical_hash(snapshot.build(Dossier(Campaign.objects.get(pk=campaign.pk))))
    assert approve(campaign, seen=seen).number == 1


def test_a_second_approval_makes_no_second_release():
    campaign = reviewed(make_message().campaign)
    approve(campaign)
    with pytest.raises(TransitionRefused) as refused:
        approve(campaign)
    assert refused.value.already
    assert campaign.releases.count() == 1


def test_higher_apps_hear_of_a_release_once():
    heard = []
    hooks.release_fixed._entries["test"] = lambda release, by: heard.append(release)
    try:
        fixed = approve(reviewed(make_message().campaign))
        campaign = fixed.campaign
        lifecycle.start_change(campaign=campaign, by=campaign.owner)
        same = approve(reviewed(campaign))
    finally:
        del hooks.release_fixed._entries["test"]
    assert (heard, same) == ([fixed], fixed)


def test_a_change_leaves_the_release_in_force_as_it_is():
    message = make_message()
    campaign = message.campaign
    first = fix_release(campaign)
    region = run_region(campaign.regions.get(region__code="DE"))
    before = json.dumps(Release.objects.get(pk=first.pk).content, sort_keys=True)
    lifecycle.start_change(campaign=campaign, by=campaign.owner)
    campaign.refresh_from_db()
    region.refresh_from_db()
    assert (campaign.state, campaign.phase) == ("draft", "live")
    assert (campaign.release, region.release, region.running) == (first, first, Running.LIVE)
    message.core.claim = "Now cheaper"
    message.core.save()
    second = approve(reviewed(campaign))
    region.refresh_from_db()
    assert (second.number, region.release, region.running) == (2, first, Running.LIVE)
    assert json.dumps(Release.objects.get(pk=first.pk).content, sort_keys=True) == before
    assert second.content["core"]["claim"] == "Now cheaper"


def test_a_new_release_replaces_the_old_one_only_through_the_gate(time_machine):
    time_machine.move_to("2026-09-25T12:00:00+00:00", tick=False)
    campaign = live("AT")
    region, first = campaign.regions.get(), campaign.release
    lifecycle.start_change(campaign=campaign, by=campaign.owner)
    Campaign.objects.filter(pk=campaign.pk).update(name="Renamed")
    second = approve(reviewed(campaign))
    with launching(line("briefing.service.AT")), pytest.raises(TransitionRefused):
        replace_release(region=region, by=campaign.owner)
    region.refresh_from_db()
    assert region.release == first
    with launching(line(open_=False)):
        launch = replace_release(region=region, by=campaign.owner)
    region.refresh_from_db()
    assert (region.release, region.launch, launch.kind) == (second, launch, LaunchKind.REPLACE)
    with launching(), pytest.raises(TransitionRefused) as refused:
        replace_release(region=region, by=campaign.owner)
    assert refused.value.already


def test_the_release_is_given_up_only_while_nothing_runs_on_it():
    campaign = approved("AT")
    release.give_up_release(campaign=campaign, by=campaign.owner)
    campaign.refresh_from_db()
    assert (campaign.state, campaign.release) == ("draft", None)
    assert campaign.releases.count() == 1
    running = live("DE")
    with pytest.raises(TransitionRefused):
        release.give_up_release(campaign=running, by=running.owner)


def test_giving_up_a_change_that_nobody_has_yet_returns_to_what_runs():
    campaign = live("AT", "DE")
    first = campaign.release
    lifecycle.start_change(campaign=campaign, by=campaign.owner)
    Campaign.objects.filter(pk=campaign.pk).update(name="Renamed")
    approve(reviewed(campaign))
    release.give_up_release(campaign=campaign, by=campaign.owner)
    campaign.refresh_from_db()
    assert (campaign.state, campaign.release, campaign.phase) == ("draft", first, "live")


@pytest.mark.parametrize("state", ["draft", "in_review"])
def test_a_release_that_is_wrong_can_be_given_up_while_a_change_is_in_work(state):
    campaign = approved("AT")
    lifecycle.start_change(campaign=campaign, by=campaign.owner)
    Campaign.objects.filter(pk=campaign.pk).update(state=state)
    release.give_up_release(campaign=campaign, by=campaign.owner)
    campaign.refresh_from_db()
    assert (campaign.state, campaign.phase, campaign.release) == (state, state, None)


def test_numbers_go_on_after_a_release_was_given_up():
    campaign = approved("AT")
    release.give_up_release(campaign=campaign, by=campaign.owner)
    assert approve(reviewed(campaign)).number == 2


def test_the_comparison_names_what_came_went_and_changed():
    message = make_message()
    variant = message.variant("DE", headline="Alt", body="Jetzt {{price}}")
    first = fix_release(message.campaign)
    lifecycle.start_change(campaign=message.campaign, by=message.owner)
    variant.headline = "Neu"
    variant.save()
    message.price.values.filter(region=None).update(value={"amount": "149.00", "currency": "EUR"})
    message.campaign.flights = None
    second = approve(reviewed(message.campaign))
    found = {
        (change.label, change.old, change.new) for change in release.compare(first.content, second.content)
    }
    assert ("Headline or subject", "Alt", "Neu") in found
    assert ("Text", "Jetzt 159\xa0€", "Jetzt 149\xa0€") in found
    assert any(old == "€159" and new == "€149" for _label, old, new in found)
    assert len(found) == 3
    assert release.compare(first.content, first.content) == []
    assert len(release.compare(None, first.content)) > 3


def test_a_review_approval_of_other_words_does_not_count_at_the_gate():
    from campaigns.checks.launch import reviews_were_approved

    message = make_message()
    campaign = message.campaign
    fix_release(campaign)
    campaign.refresh_from_db()
    region = campaign.regions.select_related("region").get(region__code="DE")
    review, _ = Review.objects.get_or_create(campaign_region=region, language="de")
    entry = snapshot.region_entry(campaign.release, region)

    def progress():
        return [one.progress for one in reviews_were_approved(Dossier(campaign), region)]

    ReviewApproval.objects.create(review=review, content_hash="0" * 64, content={}, by=manager())
    assert progress() == ["stuck"]
    ReviewApproval.objects.create(
        review=review, content_hash=entry["reviewed"]["de"], content={}, by=manager()
    )
    assert progress() == ["done"]
