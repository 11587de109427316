"""The generator for benchmarks: its rows are those that the services would have made, hashes included."""

import random
from collections import Counter
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import F, Sum

from accounts.enums import Audience
from accounts.models import Region, User
from briefings.models import Briefing, BriefingVersion, Confirmation, Delivery, InboxItem
from briefings.services.content import build
from campaigns.checks.message import is_confirmed
from campaigns.enums import Phase
from campaigns.models import (
    Allocation,
    Budget,
    Campaign,
    CampaignChannel,
    CampaignRegion,
    ContentVersion,
    CoreMessage,
    Fact,
    LaunchRecord,
    Release,
    Review,
    ReviewApproval,
    Variant,
)
from campaigns.readiness import Progress
from campaigns.services import content, snapshot
from campaigns.services.dossier import Dossier
from campaigns.services.launch import gate
from campaigns.services.review_state import pictures
from campaigns.services.transitions import sync_phase
from dashboard.demo.bulk import shape
from dashboard.demo.bulk.run import make
from tests.factories import CampaignFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("many")]
COUNT, STAFF = 50, 500


@pytest.fixture(scope="module")
def many(django_db_setup, django_db_blocker):
    """Fifty campaigns, made once for this module and rolled back after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        make(COUNT, STAFF)
        with django_db_blocker.block():
            yield
        transaction.set_rollback(True)


def test_as_many_as_asked_for_in_every_phase():
    assert Campaign.objects.count() == COUNT
    assert User.objects.filter(email__startswith="person-").count() == STAFF
    phases = Counter(Campaign.objects.values_list("phase", flat=True))
    assert set(phases) == set(Phase.values)
    assert phases[Phase.LIVE] == 4


def test_constraints_hold():
    connection.check_constraints()


@pytest.mark.parametrize(
    "model",
    [
        Allocation,
        Briefing,
        BriefingVersion,
        Budget,
        Campaign,
        CampaignChannel,
        CampaignRegion,
        CoreMessage,
        Delivery,
        Fact,
        InboxItem,
        LaunchRecord,
        Release,
        Review,
        ReviewApproval,
        Variant,
    ],
)
def test_rows_are_what_forms_would_take(model):
    rows = model._base_manager.order_by("pk")[:40]
    assert rows
    for row in rows:
        row.full_clean()


def test_allocations_add_up():
    for budget in Budget.objects.annotate(total=Sum("allocations__amount")):
        assert budget.allocated == budget.total
        assert budget.reserve >= 0


def test_phases_follow_from_states_and_regions():
    for campaign in Campaign.objects.all():
        assert sync_phase(campaign) == Campaign.objects.values_list("phase", flat=True).get(pk=campaign.pk)


def test_releases_are_what_approval_would_have_fixed():
    releases = list(Release.objects.select_related("campaign"))
    assert len(releases) > 20
    for release in releases:
        assert release.content == snapshot.build(Dossier(release.campaign))
        assert snapshot.is_intact(release)


def test_variants_are_confirmed_by_their_experts_for_what_they_say():
    seen = 0
    for campaign in Campaign.objects.exclude(phase__in=[Phase.DRAFT, Phase.CANCELLED]):
        dossier = Dossier(campaign)
        for variant in dossier.variants:
            assert is_confirmed(dossier, content.channel_of(dossier, variant), variant)
            assert variant.basis_hash == content.basis_hash(dossier, variant)
            seen += 1
    assert seen > 50


def test_reviews_stand_where_they_say():
    for campaign in Campaign.objects.exclude(phase__in=[Phase.DRAFT, Phase.CANCELLED]):
        for picture in pictures(Dossier(campaign)):
            assert picture.problem is None
            assert picture.review.state == picture.state
            assert picture.review.awaits_reviewer == picture.awaits_reviewer
            assert picture.approved is (campaign.phase != Phase.IN_REVIEW)


def test_histories_say_what_the_texts_say():
    kinds = Counter(ContentVersion.objects.values_list("kind", flat=True))
    assert kinds == {"core": COUNT, "fact": COUNT, "variant": Variant.objects.count()}
    for variant in Variant.objects.all():
        version = ContentVersion.objects.get(kind="variant", object_id=variant.pk)
        assert version.content == content.variant_content(variant)
        assert version.content_hash == content.canonical_hash(version.content)
    for fact in Fact.objects.prefetch_related("values"):
        said = ContentVersion.objects.get(kind="fact", object_id=fact.pk).content
        assert said == content.fact_content(fact)


def test_what_runs_has_its_launch_record():
    ran = CampaignRegion.objects.exclude(running="waiting")
    assert set(ran.values_list("running", flat=True)) == {"live", "paused", "finished"}
    assert not ran.exclude(launch__campaign_region=F("pk"), launch__release=F("release")).exists()


def test_briefings_are_what_publishing_would_have_fixed():
    versions = BriefingVersion.objects.select_related("briefing__campaign_region__region", "release")
    assert versions
    for version in versions:
        assert version.content == build(version.briefing, version.release.content)
        assert version.content_hash == content.canonical_hash(version.content)
        assert version.briefing.current_id == version.pk


def test_everybody_entitled_to_what_is_in_force_has_it():
    region = CampaignRegion.objects.filter(running="live").first()
    people = User.objects.entitled(Audience.SERVICE, region.region)
    items = InboxItem.objects.filter(version__briefing__campaign_region=region)
    assert set(items.values_list("user", flat=True)) == set(people.values_list("pk", flat=True))
    lines = [one for one in gate(Dossier(region.campaign), region).lines if ".service." in one.key]
    assert [one.progress for one in lines if one.key.startswith("briefing.mail")] == [Progress.DONE]


def test_each_inbox_has_its_mail_with_its_own_message_id():
    assert InboxItem.objects.count() == Delivery.objects.count() >= Confirmation.objects.count() > 0
    for delivery in Delivery.objects.all()[:30]:
        known, delivery.message_id = delivery.message_id, ""
        delivery.fill_message_id()
        assert delivery.message_id == known


def test_every_region_is_served():
    for region in Region.objects.all():
        for audience in Audience:
            assert User.objects.entitled(audience, region).count() >= 2


def test_the_database_goes_on_numbering():
    assert CampaignFactory().pk > COUNT


def test_a_name_can_be_searched():
    named = Campaign.objects.order_by("pk").last()
    assert named in Campaign.objects.filter(name__contains=named.name.rpartition(" ")[2])


def test_more_can_be_added():
    make(3, STAFF)
    assert Campaign.objects.count() == COUNT + 3
    assert User.objects.filter(email__startswith="person-").count() == STAFF


def test_the_same_call_makes_the_same():
    def once():
        with transaction.atomic():
            make(5, STAFF)
            newest = Campaign.objects.order_by("-pk")[:5]
            found = [(one.name.rpartition(" ")[0], one.phase, one.starts_on, one.owner_id) for one in newest]
            transaction.set_rollback(True)
        return found

    assert once() == once()


def test_open_work_does_not_grow_with_the_archive():
    chance = random.Random(1)
    small, large = (Counter(shape.phases(count, chance)) for count in (1000, 100_000))
    assert sum(small.values()) == 1000
    assert sum(large.values()) == 100_000
    assert large[Phase.LIVE] == 200
    assert large[Phase.EVALUATED] > 90_000


def test_the_command_says_how_far_it_is():
    out = StringIO()
    call_command("demo", campaigns=2, staff=STAFF, force=True, stdout=out)
    assert out.getvalue() == "2 of 2 campaigns\n"


def test_the_command_wants_at_least_one():
    with pytest.raises(CommandError, match="at least one"):
        call_command("demo", campaigns=0, force=True)
