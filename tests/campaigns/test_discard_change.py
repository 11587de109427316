"""A change in work is discarded: the working copy says again what the release says, to the letter."""

from dataclasses import replace
from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from campaigns.enums import Content, Preparation, ReviewState, Running, VariantState
from campaigns.models import Campaign, ContentVersion, Fact, Review, ReviewApproval, Variant
from campaigns.services import content, lifecycle, message, release, restore, snapshot
from campaigns.services.content import canonical_hash, region_content, region_hash
from campaigns.services.dossier import Dossier
from campaigns.services.plan_data import ChannelPlan, plan_of
from campaigns.services.planning import update_plan
from campaigns.services.review_state import pictures
from campaigns.services.transitions import NotAllowed, TransitionRefused
from campaigns.services.variants import create_variants_missing
from channels.models import ChannelExpert
from core.concurrency import StaleVersion
from core.models import AuditEvent
from tests.campaigns.lifecycle_data import approval
from tests.campaigns.message_data import make_fact, make_message
from tests.factories import BudgetFactory, ChannelFactory, TargetGroupFactory, UserFactory, manager
from tests.factories.lifecycle import approved, draft, fix_release, region_of, run_region

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def during(time_machine):
    time_machine.move_to("2026-09-25T12:00:00+00:00", tick=False)


def now_says(campaign):
    return canonical_hash(snapshot.build(Dossier(Campaign.objects.get(pk=campaign.pk))))


def in_force():
    """A whole campaign, confirmed, reviewed and live in Germany, with a change just started."""
    made = make_message(name="Outdoors", shared_at=timezone.now())
    make_fact(made.campaign, key="code", kind="code", label="Code", default={"text": "WALD"})
    campaign, owner = made.campaign, made.owner
    for link in (made.sms, made.mail):
        ChannelExpert.objects.create(channel=link.channel, user=made.expert)
        link.flights.create(starts_on=date(2026, 9, 21), ends_on=date(2026, 9, 30))
    campaign.target_groups.add(TargetGroupFactory())
    fact = made.price
    values = {value.region_id: value.value for value in fact.values.all()}
    message.save_core(campaign=campaign, values={"tone": "nah"}, expected=made.core.version, by=owner)
    message.save_fact(campaign=campaign, fact=fact, label="Preis", values=values, expected=1, by=owner)
    BudgetFactory(campaign=campaign)
    code = campaign.facts.get(key="code")
    text = {None: {"text": "WALD20"}}
    message.save_fact(campaign=campaign, fact=code, label="Code", values=text, expected=1, by=owner)
    create_variants_missing(campaign=campaign, by=owner)
    for variant in campaign.variants.all():
        seen = content.variant_hash(Dossier(campaign), variant)
        message.confirm_variant(variant=variant, seen=seen, by=made.expert)
    dossier = Dossier(campaign)
    for picture in pictures(dossier):
        region, language = picture.campaign_region, picture.language
        review = picture.review or Review(campaign_region=region, language=language)
        review.reviewer = UserFactory(roles_in={region.region: ["reviewer"]})
        review.state, review.awaits_reviewer = ReviewState.APPROVED, False
        review.save()
        ReviewApproval.objects.create(
            review=review,
            content_hash=region_hash(dossier, region, language),
            content=region_content(dossier, region, language),
            by=review.reviewer,
        )
    fixed = fix_release(campaign)
    run_region(made.region("DE"))
    lifecycle.start_change(campaign=campaign, by=owner)
    assert now_says(campaign) == fixed.content_hash
    return made, fixed


def change_everything(made):
    """Plan, core message, facts and variants through the services, as people do it."""
    campaign, owner = Campaign.objects.get(pk=made.campaign.pk), made.owner
    plan = plan_of(campaign)
    sms = next(one for one in plan.channels if one.channel.code == "sms")
    tv = ChannelPlan(channel=ChannelFactory(code="tv"), regions=sms.regions[:1])
    sms = replace(
        sms, expert=None, flights=((date(2026, 9, 22), date(2026, 9, 23)),), regions=sms.regions[:2]
    )
    update_plan(
        campaign=campaign,
        by=owner,
        expected=campaign.version,
        plan=replace(
            plan,
            name="Something else",
            purpose="For all",
            theme="Winter",
            ends_on=date(2026, 11, 30),
            target_groups=(),
            regions=(
                *(replace(one, ends_on=date(2026, 11, 1)) for one in plan.regions),
                replace(plan.regions[0], region=region_of("AT")),
            ),
            channels=(sms, tv),
        ),
    )
    core = Campaign.objects.get(pk=campaign.pk).core_message
    message.save_core(
        campaign=campaign, values={"claim": "Neu", "promise": ""}, expected=core.version, by=owner
    )
    price, code = campaign.facts.get(key="price"), campaign.facts.get(key="code")
    message.delete_fact(fact=code, expected=code.version, by=owner)
    eur = {"amount": "99.00", "currency": "EUR"}
    message.save_fact(
        campaign=campaign, fact=price, label="Price", values={None: eur}, expected=price.version, by=owner
    )
    message.save_fact(
        campaign=campaign, key="x", kind="text", label="X", values={None: {"text": "1"}}, by=owner
    )
    create_variants_missing(campaign=campaign, by=owner)
    for variant in campaign.variants.all():
        message.save_variant(
            variant=variant, headline=variant.headline, body="B", expected=variant.version, by=owner
        )


def test_everything_returns_to_the_release():
    made, fixed = in_force()
    before = {row.pk: (row.confirmed_at, row.confirmed_hash) for row in made.campaign.variants.all()}
    code = made.campaign.facts.get(key="code").pk
    change_everything(made)
    assert now_says(made.campaign) != fixed.content_hash
    done = restore.discard_change(campaign=made.campaign, by=made.owner)
    assert now_says(made.campaign) == fixed.content_hash
    assert (done.state, done.phase, done.release) == (Preparation.APPROVED, "live", fixed)
    assert made.region("DE").running == Running.LIVE
    variants = list(Variant.objects.filter(campaign=made.campaign))
    assert {one.pk for one in variants} == before.keys()
    dossier = Dossier(made.campaign)
    for one in variants:
        assert (one.state, one.confirmed_by) == (VariantState.CONFIRMED, made.expert)
        assert one.confirmed_hash == content.variant_hash(dossier, one) == before[one.pk][1]
        assert one.basis_hash == content.basis_hash(dossier, one)
    assert made.campaign.facts.get(key="code").pk == code
    assert set(Review.objects.values_list("state", flat=True)) == {ReviewState.APPROVED}
    event = AuditEvent.objects.filter(scope=f"campaigns.campaign:{made.campaign.pk}").latest("pk")
    assert (event.verb, event.actor, event.data) == (
        "campaign.change_discarded", made.owner, {"number": fixed.number},
    )  # fmt: skip


def test_what_was_written_stays_in_the_history_and_an_open_form_is_stale():
    made, _fixed = in_force()
    core = made.campaign.core_message
    core.refresh_from_db()
    claim = core.claim
    saved = message.save_core(
        campaign=made.campaign, values={"claim": "Neu"}, expected=core.version, by=made.owner
    )
    restore.discard_change(campaign=made.campaign, by=made.owner)
    kept = ContentVersion.objects.filter(kind=Content.CORE, object_id=core.pk).order_by("-number")
    assert [one.content["claim"] for one in kept[:2]] == [claim, "Neu"]
    lifecycle.start_change(campaign=made.campaign, by=made.owner)
    with pytest.raises(StaleVersion):
        message.save_core(
            campaign=made.campaign, values={"claim": "Spät"}, expected=saved.version, by=made.owner
        )


def test_the_same_release_is_approved_again_after_it():
    made, fixed = in_force()
    change_everything(made)
    restore.discard_change(campaign=made.campaign, by=made.owner)
    lifecycle.start_change(campaign=made.campaign, by=made.owner)
    Campaign.objects.filter(pk=made.campaign.pk).update(state="in_review")
    with approval():
        assert release.approve(campaign=made.campaign, by=manager()) == fixed


def test_a_region_with_answers_on_record_stays_and_nothing_is_half_done():
    made, fixed = in_force()
    change_everything(made)
    new = Review.objects.get(campaign_region__region__code="AT")
    new.verdicts.create(passage="core.claim", content_hash="x", verdict="clear", by=manager())
    changed = now_says(made.campaign)
    with pytest.raises(TransitionRefused, match="Region AT has reviews"):
        restore.discard_change(campaign=made.campaign, by=made.owner)
    assert now_says(made.campaign) == changed != fixed.content_hash
    assert Campaign.objects.get(pk=made.campaign.pk).state == Preparation.DRAFT


def test_a_variant_that_came_with_the_change_goes_with_it():
    made = make_message()
    kept = made.variant("DE")
    fixed = fix_release(made.campaign)
    lifecycle.start_change(campaign=made.campaign, by=made.owner)
    made.variant("CH")
    restore.discard_change(campaign=made.campaign, by=made.owner)
    assert list(made.campaign.variants.all()) == [kept]
    assert now_says(made.campaign) == fixed.content_hash


def test_an_allocation_goes_with_its_channel():
    campaign = draft("AT")
    link = campaign.channels.create(channel=ChannelFactory(code="tv"))
    link.regions.set(campaign.regions.all())
    fix_release(campaign)
    lifecycle.start_change(campaign=campaign, by=campaign.owner)
    link.delete()
    again = campaign.channels.create(channel=ChannelFactory(code="tv"))
    BudgetFactory(campaign=campaign).allocations.create(campaign_channel=again, amount=400)
    restore.discard_change(campaign=campaign, by=campaign.owner)
    assert [one.allocation.amount for one in campaign.channels.all()] == [400]


def test_only_the_owner_and_only_beside_a_release():
    campaign = approved("AT")
    with pytest.raises(TransitionRefused) as refused:
        restore.discard_change(campaign=campaign, by=campaign.owner)
    assert refused.value.already
    lifecycle.start_change(campaign=campaign, by=campaign.owner)
    with pytest.raises(NotAllowed):
        restore.discard_change(campaign=campaign, by=manager())
    first = draft("AT")
    with pytest.raises(TransitionRefused, match="no approved release"):
        restore.discard_change(campaign=first, by=first.owner)


def test_the_database_lets_a_draft_back_only_to_its_own_release():
    campaign = approved("AT")
    lifecycle.start_change(campaign=campaign, by=campaign.owner)
    rows = Campaign.objects.filter(pk=campaign.pk)
    other = fix_release(draft("AT"))
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(state="approved", release=other)
    assert rows.update(state="approved") == 1


def test_the_page_says_what_is_lost_and_asks_first(client):
    made, fixed = in_force()
    core = Campaign.objects.get(pk=made.campaign.pk).core_message
    message.save_core(
        campaign=made.campaign, values={"claim": "Ganz neu"}, expected=core.version, by=made.owner
    )
    url = reverse("campaigns:step", args=[made.campaign.pk, "discard"])
    client.force_login(made.owner)
    assert url in client.get(made.campaign.get_absolute_url()).content.decode()
    page = client.get(url).content.decode()
    assert "What is lost" in page
    assert "Ganz neu" not in page.split("What is lost")[0]
    assert "neu" in page.split("What is lost")[1]
    assert client.post(url).url == made.campaign.get_absolute_url()
    assert now_says(made.campaign) == fixed.content_hash
    assert url not in client.get(made.campaign.get_absolute_url()).content.decode()
    assert Fact.objects.count() == 2
