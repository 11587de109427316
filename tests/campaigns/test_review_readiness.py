"""What the readiness list and Home say about regional reviews."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import RoleGrant
from campaigns.checks.review import review_lines, review_status
from campaigns.home_review import objections_to_answer, reviews_to_answer
from campaigns.models import Campaign, Review
from campaigns.readiness import Progress, approval_checks
from campaigns.services.dossier import Dossier
from tests.campaigns.message_data import make_message
from tests.campaigns.review_data import (
    answer,
    approve,
    change_core,
    clear_all,
    make_shared,
    review_in,
    reviewer_of,
)
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def line(made, code="UK"):
    dossier = Dossier(Campaign.objects.get(pk=made.campaign.pk))
    (found,) = [one for one in review_lines(dossier) if one.region.region.code == code]
    return found


def test_every_region_has_a_line_among_the_approval_checks():
    made = make_shared()
    assert review_lines in list(approval_checks)
    lines = list(review_lines(Dossier(made.campaign)))
    assert [one.key for one in lines] == ["review.CH.de", "review.DE.de", "review.UK.en"]
    assert lines[2].title == "Regional review United Kingdom"
    assert lines[2].url == f"/campaigns/{made.campaign.pk}/reviews/#review-UK-en"


def test_not_shared_is_stuck_with_the_owner():
    made = make_message()
    assert (line(made).progress, line(made).who) == (Progress.STUCK, made.owner)


def test_nobody_to_ask_is_stuck_with_the_owner():
    made = make_shared()
    Review.objects.filter(pk=review_in(made, "UK").pk).update(reviewer=None)
    assert (line(made).progress, line(made).detail) == (Progress.STUCK, "No reviewer is named")


def test_a_reviewer_who_left_or_lost_the_role_is_stuck_with_the_owner():
    made = make_shared()
    RoleGrant.objects.filter(user=made.urs).delete()
    made.helen.is_active = False
    made.helen.save()
    assert (line(made).progress, line(made).who) == (Progress.STUCK, made.owner)
    assert line(made).detail == "The reviewer has left the company"
    assert line(made, "CH").detail == "The reviewer no longer speaks for this region"


def test_with_the_reviewer_in_time_is_in_work():
    made = make_shared()
    found = line(made)
    assert (found.progress, found.who) == (Progress.IN_WORK, made.helen)
    assert (found.detail, found.due) == ("7 passages to answer", review_in(made, "UK").due_on)


def test_overdue_is_stuck_with_the_reviewer():
    made = make_shared()
    Review.objects.update(due_on=timezone.localdate() - timedelta(days=1))
    assert (line(made).progress, line(made).who) == (Progress.STUCK, made.helen)


def test_an_unanswered_objection_is_stuck_with_the_owner():
    made = make_shared()
    answer(made, "UK", "core.claim", "wrong", comment="Hm")
    clear_all(made, "UK")
    found = line(made)
    assert (found.progress, found.who) == (Progress.STUCK, made.owner)
    assert (found.detail, found.action) == ("1 passage is not clear", "Answer the objections")


def test_approved_is_done_until_a_word_changes():
    made = make_shared()
    clear_all(made, "UK")
    assert line(made).detail == "Every passage is clear, the approval is missing"
    approve(made, "UK")
    assert (line(made).progress, line(made).due) == (Progress.DONE, None)
    change_core(made, proof="4,8 Sterne")
    assert (line(made).progress, line(made).detail) == (Progress.IN_WORK, "1 passage to answer")


def test_the_stored_state_is_not_trusted():
    made = make_shared()
    Review.objects.update(state="approved", awaits_reviewer=False)
    assert [one.approved for one in review_status(Dossier(made.campaign))] == [False, False, False]
    approve(made, "UK")
    variant = made.campaign.variants.get(language="en")
    variant.body = "Behind everybody's back {{price}}"
    variant.save()
    assert line(made).progress == Progress.IN_WORK


def titles(items):
    return [item.title for item in items]


def test_home_asks_the_reviewer_and_only_him():
    made, now = make_shared(), timezone.now()
    (item,) = reviews_to_answer(made.helen, now)
    assert item.title == f"Please review (United Kingdom): {made.campaign.name}"
    assert (item.url, item.due) == (
        f"/campaigns/reviews/{review_in(made, 'UK').pk}/",
        review_in(made, "UK").due_on,
    )
    assert reviews_to_answer(made.owner, now) == []
    assert reviews_to_answer(reviewer_of("UK"), now) == []
    approve(made, "UK")
    assert reviews_to_answer(made.helen, now) == []
    change_core(made, proof="4,8 Sterne")
    assert titles(reviews_to_answer(made.helen, now)) == [
        f"Look at what changed (United Kingdom): {made.campaign.name}"
    ]


def test_home_does_not_ask_one_who_lost_the_role():
    made = make_shared()
    RoleGrant.objects.filter(user=made.helen).delete()
    assert reviews_to_answer(made.helen, timezone.now()) == []


def test_home_asks_the_earliest_first_at_the_same_cost(django_assert_num_queries):
    made, now = make_shared(), timezone.now()
    everywhere = UserFactory(roles=["reviewer"])
    Review.objects.update(reviewer=everywhere)
    Review.objects.filter(pk=review_in(made, "UK").pk).update(due_on=timezone.localdate() - timedelta(days=9))
    everywhere.rights  # noqa: B018 - read once per request
    with django_assert_num_queries(1):
        items = reviews_to_answer(everywhere, now)
    assert len(items) == 3
    assert items[0].title == f"Please review (United Kingdom): {made.campaign.name}"
    Review.objects.exclude(pk=review_in(made, "UK").pk).update(reviewer=None)
    with django_assert_num_queries(1):
        assert len(reviews_to_answer(everywhere, now)) == 1


def test_home_tells_the_owner_of_objections_until_they_are_answered():
    made, now = make_shared(), timezone.now()
    assert objections_to_answer(made.owner, now) == []
    answer(made, "UK", "core.proof", "unclear", comment="Stars of what?")
    (item,) = objections_to_answer(made.owner, now)
    assert item.title == f"Not clear yet (United Kingdom): {made.campaign.name}"
    assert item.url == f"/campaigns/{made.campaign.pk}/reviews/#review-UK-en"
    change_core(made, proof="4,7 von 5 Sternen")
    assert objections_to_answer(made.owner, now) == []
