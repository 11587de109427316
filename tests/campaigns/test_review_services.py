"""Regional review: who is asked, what an answer and an approval name, what asks again."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction

from accounts.enums import Role
from accounts.models import Absence, RoleGrant
from accounts.services.roles import grant_role, revoke_role
from campaigns.enums import PassageState, Preparation, ReviewProblem, ReviewState
from campaigns.models import Campaign, CoreMessage, PassageVerdict, Review, ReviewApproval
from campaigns.services import review as services
from campaigns.services.dossier import Dossier
from campaigns.services.review_state import due_date, picture_of, pictures
from core.concurrency import StaleVersion
from core.delivery.models import OutgoingMail
from core.models import AuditEvent
from tests.campaigns.message_data import make_message
from tests.campaigns.review_data import (
    UNDERSTOOD,
    answer,
    approve,
    change_core,
    change_text,
    clear_all,
    make_shared,
    picture,
    review_in,
    reviewer_of,
)
from tests.factories import CampaignRegionFactory, RegionFactory, UserFactory, marketer

pytestmark = pytest.mark.django_db


def mails(to, state="queued"):
    return list(OutgoingMail.objects.filter(recipient=to, state=state).order_by("id"))


# --- sharing and inviting ---------------------------------------------------------------------------------


def test_sharing_invites_a_reviewer_of_every_region_by_mail():
    made = make_shared()
    found = Review.objects.filter(campaign_region__campaign=made.campaign)
    assert [(one.campaign_region.region.code, one.language, one.reviewer) for one in found] == [
        ("CH", "de", made.urs),
        ("DE", "de", made.anna),
        ("UK", "en", made.helen),
    ]
    assert {one.state for one in found} == {ReviewState.INVITED}
    assert all(one.invited_at and one.invited_by == made.owner and one.due_on for one in found)
    assert [mail.subject for mail in mails(made.helen)] == [
        f"Please review (United Kingdom): {made.campaign.name}"
    ]
    assert f"/campaigns/reviews/{review_in(made, 'UK').pk}/" in mails(made.helen)[0].text
    assert Campaign.objects.get(pk=made.campaign.pk).shared_at == made.campaign.shared_at


def test_sharing_twice_changes_nothing():
    made = make_shared()
    first = made.campaign.shared_at
    assert services.share_message(campaign=made.campaign, by=made.owner) == []
    assert Campaign.objects.get(pk=made.campaign.pk).shared_at == first
    assert OutgoingMail.objects.count() == 3
    assert AuditEvent.objects.filter(verb="review.shared").count() == 1


def test_a_campaign_with_one_region_is_reviewed_too():
    made = make_message()
    made.campaign.regions.exclude(region__code="UK").delete()
    helen = reviewer_of("UK")
    assert [one.reviewer for one in services.share_message(campaign=made.campaign, by=made.owner)] == [helen]


def test_an_empty_message_is_not_shared():
    made = make_message()
    CoreMessage.objects.update(claim="  ")
    with pytest.raises(ValidationError):
        services.share_message(campaign=made.campaign, by=made.owner)
    assert not Review.objects.exists()
    assert Campaign.objects.get(pk=made.campaign.pk).shared_at is None


@pytest.mark.parametrize("state", [Preparation.CANCELLED, Preparation.EVALUATED])
def test_a_closed_campaign_is_not_shared(state):
    made = make_message()
    Campaign.objects.filter(pk=made.campaign.pk).update(state=state)
    with pytest.raises(ValidationError):
        services.share_message(campaign=made.campaign, by=made.owner)


def test_only_planners_share():
    made = make_message()
    with pytest.raises(PermissionDenied):
        services.share_message(campaign=made.campaign, by=reviewer_of("UK"))


def test_without_a_reviewer_the_review_waits_for_one():
    made = make_message()
    services.share_message(campaign=made.campaign, by=made.owner)
    assert {one.reviewer for one in Review.objects.all()} == {None}
    assert picture(made, "UK").problem == ReviewProblem.NOBODY
    helen = reviewer_of("UK")
    services.share_message(campaign=made.campaign, by=made.owner)
    assert review_in(made, "UK").reviewer == helen
    assert len(mails(helen)) == 1


def test_a_region_added_later_is_invited_with_the_next_change():
    made = make_shared()
    at = RegionFactory(code="AT", name_en="Austria", name_de="Österreich")
    lisa = reviewer_of("AT")
    CampaignRegionFactory(campaign=made.campaign, region=at)
    change_core(made, proof="4,8 Sterne")
    assert review_in(made, "AT").reviewer == lisa
    assert len(mails(lisa)) == 1


def test_the_reviewer_is_here_local_active_and_no_author():
    made = make_message()
    everywhere = UserFactory(roles=[Role.REVIEWER])
    away = reviewer_of("UK")
    Absence.objects.create(user=away, starts_on=date(2000, 1, 1), ends_on=date(2999, 1, 1))
    reviewer_of("UK", is_active=False)
    author = reviewer_of("UK")
    RoleGrant.objects.create(user=author, role=Role.MARKETER)
    change_core(made, by=author, proof="meins")
    local = reviewer_of("UK")
    services.share_message(campaign=made.campaign, by=made.owner)
    assert review_in(made, "UK").reviewer == local
    assert review_in(made, "DE").reviewer == everywhere


def test_due_five_working_days_on_but_before_the_start_and_never_in_the_past():
    region = make_message().region("UK")  # starts on Monday 21 September 2026
    assert due_date(region, date(2026, 9, 1)) == date(2026, 9, 8)
    assert due_date(region, date(2026, 9, 4)) == date(2026, 9, 11)
    assert due_date(region, date(2026, 9, 17)) == date(2026, 9, 20)
    assert due_date(region, date(2026, 11, 1)) == date(2026, 11, 1)


# --- naming a reviewer ------------------------------------------------------------------------------------


def test_another_reviewer_starts_anew_and_the_former_gets_no_more_mail():
    made = make_shared()
    answer(made, "UK", "core.claim")
    other = reviewer_of("UK")
    services.assign_reviewer(review=review_in(made, "UK"), reviewer=other, by=made.owner)
    assert review_in(made, "UK").reviewer == other
    assert picture(made, "UK").clear == []
    assert PassageVerdict.objects.count() == 1
    assert [mail.state for mail in OutgoingMail.objects.filter(recipient=made.helen)] == ["cancelled"]
    assert len(mails(other)) == 1


def test_naming_the_same_reviewer_twice_invites_once():
    made = make_shared()
    services.assign_reviewer(review=review_in(made, "UK"), reviewer=made.helen, by=made.owner)
    assert len(mails(made.helen)) == 1


def test_only_an_active_reviewer_of_the_region_can_be_named():
    made = make_shared()
    gone = reviewer_of("UK", is_active=False)
    for person in (made.urs, gone, marketer()):
        with pytest.raises(ValidationError):
            services.assign_reviewer(review=review_in(made, "UK"), reviewer=person, by=made.owner)
    assert review_in(made, "UK").reviewer == made.helen


def test_nobody_is_named_for_his_own_text():
    made = make_shared()
    author = reviewer_of("UK")
    RoleGrant.objects.create(user=author, role=Role.MARKETER)
    change_text(made, "UK", by=author, body="Mine {{price}}")
    with pytest.raises(ValidationError, match="wrote part"):
        services.assign_reviewer(review=review_in(made, "UK"), reviewer=author, by=made.owner)


def test_only_planners_name_reviewers():
    made = make_shared()
    with pytest.raises(PermissionDenied):
        services.assign_reviewer(review=review_in(made, "UK"), reviewer=made.helen, by=made.urs)


# --- answering --------------------------------------------------------------------------------------------


def test_an_answer_names_the_words_it_was_given_for():
    made = make_shared()
    given = answer(made, "UK", "fact.price", "wrong", comment="We pay in pounds.", proposal="£139")
    seen = picture(made, "UK").find("fact.price")
    assert (given.content_hash, given.text) == (seen.passage.content_hash, "€159")
    assert (seen.state, picture(made, "UK").state) == (PassageState.OBJECTED, ReviewState.OBJECTED)
    assert review_in(made, "UK").state == ReviewState.OBJECTED


def test_answers_are_only_appended():
    made = make_shared()
    given = answer(made, "UK", "core.claim")
    for change in (lambda: PassageVerdict.objects.filter(pk=given.pk).update(comment="x"), given.delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    answer(made, "UK", "core.claim", "unclear", comment="On reflection …")
    assert [one.verdict for one in PassageVerdict.objects.order_by("id")] == ["clear", "unclear"]


def test_a_double_click_is_one_answer():
    made = make_shared()
    first = answer(made, "UK", "core.claim", "unclear", comment="Which door?")
    assert answer(made, "UK", "core.claim", "unclear", comment="Which door?") == first
    assert PassageVerdict.objects.count() == 1
    assert AuditEvent.objects.filter(verb="review.verdict").count() == 1


@pytest.mark.parametrize("verdict", ["unclear", "wrong", "offensive"])
def test_an_objection_needs_its_reason(verdict):
    made = make_shared()
    with pytest.raises(ValidationError) as error:
        answer(made, "UK", "core.claim", verdict, comment=" \n")
    assert list(error.value.message_dict) == ["comment"]
    assert not PassageVerdict.objects.exists()


def test_an_unknown_verdict_is_refused():
    with pytest.raises(ValidationError):
        answer(make_shared(), "UK", "core.claim", "splendid")


def test_only_the_named_reviewer_answers():
    made = make_shared()
    for person in (made.owner, made.urs, reviewer_of("UK")):
        with pytest.raises(PermissionDenied):
            answer(made, "UK", "core.claim", by=person)
    assert not PassageVerdict.objects.exists()


def test_one_who_left_or_lost_the_role_answers_no_more():
    made = make_shared()
    RoleGrant.objects.filter(user=made.helen).delete()
    assert picture(made, "UK").problem == ReviewProblem.NO_ROLE
    with pytest.raises(PermissionDenied):
        answer(made, "UK", "core.claim")
    made.urs.is_active = False
    made.urs.save()
    assert picture(made, "CH").problem == ReviewProblem.LEFT
    with pytest.raises(PermissionDenied):
        answer(made, "CH", "core.claim")


def test_one_who_wrote_part_of_it_meanwhile_answers_no_more():
    made = make_shared()
    RoleGrant.objects.create(user=made.helen, role=Role.MARKETER)
    change_text(made, "UK", by=made.helen, body="My own {{price}}")
    assert picture(made, "UK").problem == ReviewProblem.AUTHOR
    with pytest.raises(PermissionDenied, match="You wrote part"):
        answer(made, "UK", "core.claim")


def test_writing_another_regions_text_does_not_hinder():
    made = make_shared()
    made.variant("DE")
    RoleGrant.objects.create(user=made.helen, role=Role.MARKETER)
    change_text(made, "DE", by=made.helen, body="Jetzt nur {{price}}")
    assert picture(made, "UK").problem is None


def test_words_changed_meanwhile_are_not_judged():
    made = make_shared()
    review = review_in(made, "UK")
    old = picture_of(review).find("core.proof").passage.content_hash
    change_core(made, proof="4,8 Sterne")
    with pytest.raises(services.StalePassage) as stale:
        services.give_verdict(
            review=review, passage_key="core.proof", seen_hash=old, verdict="clear", by=made.helen
        )
    assert stale.value.seen.passage.text == "4,8 Sterne"
    assert not PassageVerdict.objects.exists()


def test_a_passage_that_is_gone_is_not_judged():
    made = make_shared()
    review = review_in(made, "UK")
    with pytest.raises(services.StalePassage) as stale:
        services.give_verdict(
            review=review, passage_key="core.gone", seen_hash="x", verdict="clear", by=made.helen
        )
    assert stale.value.seen is None


def test_a_changed_price_changes_every_passage_that_names_it():
    made = make_shared()
    clear_all(made, "UK")
    value = made.price.values.get(region=None)
    value.value = {"amount": "149.00", "currency": "EUR"}
    value.save()
    changed = [seen.key for seen in picture(made, "UK").passages if seen.state == PassageState.CHANGED]
    variant = made.campaign.variants.get(language="en")
    assert changed == ["core.promise", "fact.price", f"variant.{variant.pk}.body"]


def test_the_owner_is_told_once_the_reviewer_is_through():
    made = make_shared()
    answer(made, "UK", "core.claim", "unclear", comment="Which door?", proposal="Outside begins at home")
    assert mails(made.owner) == []
    clear_all(made, "UK")
    (mail,) = mails(made.owner)
    assert mail.subject == f"Not clear yet (United Kingdom): {made.campaign.name}"
    assert "Which door?" in mail.text
    assert "Outside begins at home" in mail.text
    assert f"/campaigns/{made.campaign.pk}/reviews/#review-UK-en" in mail.text
    assert review_in(made, "UK").awaits_reviewer is False


# --- what was understood, approving -----------------------------------------------------------------------


def test_an_approval_names_exactly_the_content():
    made = make_shared()
    approval = approve(made, "UK")
    now = picture(made, "UK")
    assert approval.content_hash == now.content_hash
    assert approval.content["core"]["promise"] == "Eine Jacke für jedes Wetter, jetzt €159."
    assert (approval.understood, approval.by) == (UNDERSTOOD, made.helen)
    assert now.approved
    review = review_in(made, "UK")
    assert (review.state, review.awaits_reviewer) == (ReviewState.APPROVED, False)
    assert [mail.subject for mail in mails(made.owner)] == [
        f"Review approved (United Kingdom): {made.campaign.name}"
    ]


def test_approving_twice_is_one_approval():
    made = make_shared()
    assert approve(made, "UK") == approve(made, "UK")
    assert ReviewApproval.objects.count() == 1


def test_nothing_is_approved_while_a_passage_is_not_clear():
    made = make_shared()
    clear_all(made, "UK")
    answer(made, "UK", "core.claim", "offensive", comment="Rude")
    review = review_in(made, "UK")
    with pytest.raises(ValidationError):
        services.approve_review(
            review=review,
            seen_hash=picture_of(review).content_hash,
            understood=UNDERSTOOD,
            by=made.helen,
        )
    assert not ReviewApproval.objects.exists()


def test_nothing_is_approved_without_what_was_understood():
    made = make_shared()
    with pytest.raises(ValidationError) as error:
        approve(made, "UK", understood=" \n ")
    assert list(error.value.message_dict) == ["understood"]
    assert not ReviewApproval.objects.exists()


def test_nothing_is_approved_that_was_not_seen():
    made = make_shared()
    clear_all(made, "UK")
    review = review_in(made, "UK")
    old = picture_of(review).content_hash
    change_core(made, proof="4,8 Sterne")
    with pytest.raises(services.StaleReview):
        services.approve_review(review=review, seen_hash=old, understood=UNDERSTOOD, by=made.helen)
    assert not ReviewApproval.objects.exists()


def test_only_the_reviewer_approves():
    made = make_shared()
    clear_all(made, "UK")
    review = review_in(made, "UK")
    seen = picture_of(review).content_hash
    for person in (made.owner, made.urs):
        with pytest.raises(PermissionDenied):
            services.approve_review(review=review, seen_hash=seen, understood="x", by=person)


def test_an_author_does_not_approve():
    made = make_shared()
    RoleGrant.objects.create(user=made.helen, role=Role.MARKETER)
    clear_all(made, "UK")
    change_core(made, by=made.helen, proof="4,8 Sterne")
    review = review_in(made, "UK")
    seen = picture_of(review).content_hash
    with pytest.raises(PermissionDenied, match="You wrote part"):
        services.approve_review(review=review, seen_hash=seen, understood="x", by=made.helen)


def test_understood_of_two_tabs_is_not_overwritten():
    made = make_shared()
    review = review_in(made, "UK")
    kept = services.save_understood(
        review=review, understood="first tab", expected=review.version, by=made.helen
    )
    assert kept.version == review.version + 1
    with pytest.raises(StaleVersion):
        services.save_understood(
            review=review, understood="second tab", expected=review.version, by=made.helen
        )
    assert review_in(made, "UK").understood == "first tab"


def test_an_objection_after_the_approval_takes_it_back_until_it_is_clear_again():
    made = make_shared()
    approve(made, "UK")
    answer(made, "UK", "core.claim", "wrong", comment="I was too quick.")
    assert not picture(made, "UK").approved
    answer(made, "UK", "core.claim")
    assert picture(made, "UK").approved


# --- asking again -----------------------------------------------------------------------------------------


def test_a_change_asks_again_and_only_for_what_changed():
    made = make_shared()
    approve(made, "UK")
    change_core(made, proof="4,8 Sterne")
    review, now = review_in(made, "UK"), picture(made, "UK")
    assert (review.state, review.awaits_reviewer) == (ReviewState.ASKED_AGAIN, True)
    assert not now.approved
    assert [seen.key for seen in now.waiting] == ["core.proof"]
    assert now.waiting[0].answer.text == "4,7 Sterne"
    mail = mails(made.helen)[-1]
    assert mail.subject == f"Changed, please look again (United Kingdom): {made.campaign.name}"
    assert "4,7 Sterne" in mail.text
    assert "4,8 Sterne" in mail.text
    assert "Draußen" not in mail.text
    assert "<del>7</del><ins>8</ins>" in mail.html


def test_a_burst_of_changes_asks_once():
    made = make_shared()
    approve(made, "UK")
    for proof in ("4,8 Sterne", "4,9 Sterne", "5 Sterne"):
        change_core(made, proof=proof)
    assert len([mail for mail in mails(made.helen) if "again" in mail.subject]) == 1


def test_a_change_of_another_regions_text_asks_nobody_else():
    made = make_shared()
    approve(made, "UK")
    approve(made, "CH")
    change_text(made, "UK", body="Only {{price}}.")
    assert review_in(made, "UK").state == ReviewState.ASKED_AGAIN
    assert review_in(made, "CH").state == ReviewState.APPROVED
    assert picture(made, "CH").approved


def test_words_that_come_back_are_approved_again_and_nobody_is_bothered():
    made = make_shared()
    approve(made, "UK")
    change_core(made, proof="4,8 Sterne")
    change_core(made, proof="4,7 Sterne")
    assert review_in(made, "UK").state == ReviewState.APPROVED
    assert picture(made, "UK").approved
    assert [mail for mail in mails(made.helen) if "again" in mail.subject] == []


def test_an_objection_is_resolved_by_a_change_that_is_seen():
    made = make_shared()
    answer(made, "UK", "core.proof", "unclear", comment="Stars of what?")
    clear_all(made, "UK")
    change_core(made, proof="4,7 von 5 Sternen")
    assert review_in(made, "UK").state == ReviewState.ASKED_AGAIN
    assert [seen.key for seen in picture(made, "UK").waiting] == ["core.proof"]
    assert approve(made, "UK").by == made.helen


def test_a_second_approval_after_a_change_leaves_the_first_on_record():
    made = make_shared()
    first = approve(made, "UK")
    change_core(made, proof="4,8 Sterne")
    second = approve(made, "UK")
    assert first.content_hash != second.content_hash
    assert ReviewApproval.objects.count() == 2
    assert picture(made, "UK").approval == second


def test_a_reviewer_who_left_is_not_written_to():
    made = make_shared()
    approve(made, "UK")
    made.helen.is_active = False
    made.helen.save()
    change_core(made, proof="4,8 Sterne")
    assert [mail for mail in mails(made.helen) if "again" in mail.subject] == []
    assert picture(made, "UK").problem == ReviewProblem.LEFT


def test_mail_to_one_who_loses_the_role_waits_until_he_has_it_again():
    made, admin = make_shared(), UserFactory(roles=[Role.ADMIN])
    uk = RegionFactory(code="UK")
    revoke_role(grant=RoleGrant.objects.get(user=made.helen), by=admin)
    assert (len(mails(made.helen)), len(mails(made.helen, "withheld"))) == (0, 1)
    grant_role(user=made.helen, role=Role.REVIEWER, region=uk, by=admin)
    assert (len(mails(made.helen)), len(mails(made.helen, "withheld"))) == (1, 0)
    assert len(mails(made.urs)) == 1


def test_nothing_is_asked_before_the_message_is_shared():
    made = make_message()
    reviewer_of("UK")
    change_core(made, proof="4,8 Sterne")
    assert not Review.objects.exists()


def test_where_reviews_stand_costs_the_same_for_one_and_for_three_regions(django_assert_num_queries):
    made = make_shared()
    approve(made, "UK")
    answer(made, "CH", "core.claim", "wrong", comment="Hm")
    with django_assert_num_queries(12):
        assert len(pictures(Dossier(Campaign.objects.get(pk=made.campaign.pk)))) == 3
    made.campaign.regions.filter(region__code="DE").delete()
    with django_assert_num_queries(12):
        assert len(pictures(Dossier(Campaign.objects.get(pk=made.campaign.pk)))) == 2
