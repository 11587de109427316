"""The pages of the regional review: the reviewer's, the campaign's tab, my reviews."""

import html
import json
from pathlib import Path
from unicodedata import category

import pytest
from django.urls import reverse
from django.utils.html import escape

from accounts.enums import Role
from accounts.models import RoleGrant
from campaigns.enums import ReviewState
from campaigns.models import Campaign, PassageVerdict, Review, ReviewApproval
from tests.campaigns.message_data import make_message
from tests.campaigns.review_data import (
    UNDERSTOOD,
    answer,
    approve,
    change_core,
    clear_all,
    make_shared,
    picture,
    review_in,
    reviewer_of,
)
from tests.factories import DepartmentFactory, UserFactory, marketer

pytestmark = [pytest.mark.django_db, pytest.mark.once]

NAUGHTY = json.loads((Path(__file__).parents[1] / "vendor/naughty-strings/blns.json").read_text())


@pytest.fixture
def made():
    return make_shared()


def url(made, name, code="UK"):
    return reverse(f"campaigns:{name}", args=[review_in(made, code).pk])


def post_verdict(client, made, key, verdict="clear", **more):
    seen = picture(made, "UK").find(key)
    data = {"passage": key, "seen_hash": seen.passage.content_hash, "seen_text": seen.passage.text}
    return client.post(url(made, "verdict"), data | {"verdict": verdict} | more)


def understood_data(response, text=UNDERSTOOD):
    form = response.context["understood"]
    return {
        "understood": text,
        "version": form["version"].value(),
        "base": form["base"].value(),
        "seen_hash": form["seen_hash"].value(),
    }


# --- who sees what ----------------------------------------------------------------------------------------


def test_reviewers_see_only_the_regions_they_speak_for(client, made):
    client.force_login(made.helen)
    assert client.get(url(made, "review", "UK")).status_code == 200
    assert client.get(url(made, "review", "CH")).status_code == 404
    page = client.get(reverse("campaigns:reviews", args=[made.campaign.pk]))
    assert [card["region"].code for card in page.context["cards"]] == ["UK"]


def test_before_it_is_shared_a_reviewer_sees_nothing(client):
    made = make_message()
    client.force_login(reviewer_of("UK"))
    assert client.get(reverse("campaigns:reviews", args=[made.campaign.pk])).status_code == 404


def test_planners_and_invited_partners_read_only(client, made):
    department = DepartmentFactory()
    made.campaign.partners.create(department=department)
    partner = UserFactory(roles=[Role.PARTNER], department=department)
    for person in (made.owner, partner):
        client.force_login(person)
        page = client.get(url(made, "review"))
        assert page.status_code == 200
        assert page.context["may_answer"] is False
        assert b'name="verdict"' not in page.content
        assert post_verdict(client, made, "core.claim").status_code == 403
    assert not PassageVerdict.objects.exists()


def test_a_partner_who_was_not_invited_finds_nothing(client, made):
    client.force_login(UserFactory(roles=[Role.PARTNER], department=DepartmentFactory()))
    assert client.get(url(made, "review")).status_code == 404


def test_another_reviewer_of_the_region_reads_only(client, made):
    client.force_login(reviewer_of("UK"))
    assert client.get(url(made, "review")).context["may_answer"] is False
    assert post_verdict(client, made, "core.claim").status_code == 403


def test_a_link_from_a_mail_leads_to_the_sign_in_and_changes_nothing(client, made):
    page = client.get(url(made, "review"))
    assert (page.status_code, "login" in page.url) == (302, True)
    client.force_login(made.helen)
    for name in ("verdict", "review_approve", "review_understood", "review_assign"):
        assert client.get(url(made, name)).status_code == 405


def test_one_who_lost_the_role_finds_nothing(client, made):
    RoleGrant.objects.filter(user=made.helen).delete()
    RoleGrant.objects.create(user=made.helen, role=Role.STAFF)
    client.force_login(made.helen)
    assert client.get(url(made, "review")).status_code == 404


def test_one_who_left_is_signed_out(client, made):
    client.force_login(made.helen)
    made.helen.is_active = False
    made.helen.save()
    assert post_verdict(client, made, "core.claim").status_code in (302, 401, 403, 404)
    assert not PassageVerdict.objects.exists()


# --- passage by passage -----------------------------------------------------------------------------------


def test_the_first_open_passage_is_asked_beside_its_original(client, made):
    client.force_login(made.helen)
    page = client.get(url(made, "review"))
    text = html.unescape(page.content.decode())
    assert page.context["current"].key == "core.claim"
    assert text.count('type="radio"') == 4
    variant = made.campaign.variants.get(language="en")
    page = client.get(url(made, "review"), {"at": f"variant.{variant.pk}.headline"})
    assert "Original, German" in page.content.decode()
    assert "Out there" in page.content.decode()
    assert "Draußen fängt hinter der Haustür an." in page.content.decode()


def test_an_answer_leads_to_the_next_passage(client, made):
    client.force_login(made.helen)
    reply = post_verdict(client, made, "core.claim")
    assert reply.status_code == 302
    assert reply.url == f"{url(made, 'review')}?at=core.promise#p2"
    page = client.get(reply.url)
    assert [step["done"] for step in page.context["steps"]][:2] == [True, False]
    assert "1 of 7 passages answered" in page.content.decode()


def test_after_the_last_one_comes_the_whole(client, made):
    client.force_login(made.helen)
    last = picture(made, "UK").passages[-1].key
    for seen in picture(made, "UK").waiting[:-1]:
        answer(made, "UK", seen.key)
    reply = post_verdict(client, made, last)
    assert reply.url == f"{url(made, 'review')}?at=end#understood"
    page = client.get(reply.url)
    assert page.context["current"] is None
    assert "Approve exactly this text" in page.content.decode()


def test_skipped_passages_come_round_again(client, made):
    client.force_login(made.helen)
    for seen in picture(made, "UK").waiting[1:-1]:
        answer(made, "UK", seen.key)
    reply = post_verdict(client, made, picture(made, "UK").passages[-1].key)
    assert reply.url == f"{url(made, 'review')}?at=core.claim#p1"


def test_an_objection_without_a_reason_stays_on_the_page_with_its_entries(client, made):
    client.force_login(made.helen)
    reply = post_verdict(client, made, "core.claim", "wrong", proposal="Out of the door")
    assert reply.status_code == 422
    assert "Say what is not clear" in reply.content.decode()
    assert "Out of the door" in reply.content.decode()
    assert 'value="wrong" data-key="3" required checked' in reply.content.decode()
    assert not PassageVerdict.objects.exists()


def test_no_answer_at_all_is_said_at_the_place(client, made):
    client.force_login(made.helen)
    reply = post_verdict(client, made, "core.claim", "")
    assert reply.status_code == 422
    assert "Choose one of the four answers." in reply.content.decode()


def test_too_long_a_comment_is_kept_and_refused(client, made):
    client.force_login(made.helen)
    reply = post_verdict(client, made, "core.claim", "wrong", comment="x" * 4001)
    assert reply.status_code == 422
    assert "too long" in reply.content.decode()
    assert "x" * 4001 in reply.content.decode()


def test_a_passage_changed_meanwhile_shows_the_difference_and_keeps_the_entries(client, made):
    client.force_login(made.helen)
    old = picture(made, "UK").find("core.proof").passage
    change_core(made, proof="4,8 Sterne")
    data = {
        "passage": "core.proof",
        "seen_hash": old.content_hash,
        "seen_text": old.text,
        "verdict": "unclear",
        "comment": "Stars of what?",
    }
    reply = client.post(url(made, "verdict"), data)
    text = reply.content.decode()
    assert reply.status_code == 409
    assert "4,<del>7</del><ins>8</ins> Sterne" in text
    assert "Stars of what?" in text
    fresh = picture(made, "UK").find("core.proof").passage.content_hash
    assert f'name="seen_hash" value="{fresh}"' in text
    assert client.post(url(made, "verdict"), data | {"seen_hash": fresh}).status_code == 302


def test_a_passage_that_is_gone_gives_the_words_back(client, made):
    client.force_login(made.helen)
    old = picture(made, "UK").find("core.proof").passage
    change_core(made, proof="")
    data = {"passage": "core.proof", "seen_hash": old.content_hash, "verdict": "wrong", "comment": "My words"}
    reply = client.post(url(made, "verdict"), data)
    assert reply.status_code == 409
    assert "no longer part of the message" in reply.content.decode()
    assert "My words" in reply.content.decode()


def test_a_double_click_is_one_answer(client, made):
    client.force_login(made.helen)
    for _click in range(2):
        assert post_verdict(client, made, "core.claim", "unclear", comment="Hm").status_code == 302
    assert PassageVerdict.objects.count() == 1


def test_after_a_change_only_the_difference_is_asked(client, made):
    approve(made, "UK")
    change_core(made, proof="4,8 Sterne")
    client.force_login(made.helen)
    page = client.get(url(made, "review"))
    text = page.content.decode()
    assert page.context["current"].key == "core.proof"
    assert [card["folded"] for card in page.context["cards"]] == [True, True, False, True, True, True, True]
    assert "4,<del>7</del><ins>8</ins> Sterne" in text
    assert "Only what changed" in text
    reply = post_verdict(client, made, "core.proof")
    assert reply.url.endswith("?at=end#understood")


# --- understood and approved ------------------------------------------------------------------------------


def test_what_was_understood_is_kept_and_compared_with_what_was_meant(client, made):
    client.force_login(made.helen)
    page = client.get(url(made, "review"))
    reply = client.post(url(made, "review_understood"), understood_data(page))
    assert reply.url == f"{url(made, 'review')}#understood"
    client.force_login(made.owner)
    tab = client.get(reverse("campaigns:reviews", args=[made.campaign.pk])).content.decode()
    assert UNDERSTOOD in tab
    assert "Eine Jacke für jedes Wetter, jetzt €159." in tab


def test_understood_in_two_tabs_is_asked_not_overwritten(client, made):
    client.force_login(made.helen)
    first, second = (understood_data(client.get(url(made, "review")), text) for text in ("one", "two"))
    assert client.post(url(made, "review_understood"), first).status_code == 302
    reply = client.post(url(made, "review_understood"), second)
    assert reply.status_code == 409
    assert review_in(made, "UK").understood == "one"
    again = understood_data(reply, "two")
    assert client.post(url(made, "review_understood"), again).status_code == 302
    assert review_in(made, "UK").understood == "two"


def test_approving_names_what_was_seen(client, made):
    clear_all(made, "UK")
    client.force_login(made.helen)
    data = understood_data(client.get(url(made, "review")))
    assert client.post(url(made, "review_approve"), data).status_code == 302
    assert ReviewApproval.objects.get().content_hash == data["seen_hash"]
    page = client.get(url(made, "review"))
    assert "Approved by Helen Whitfield" in page.content.decode()
    assert client.post(url(made, "review_approve"), understood_data(page)).status_code == 302
    assert ReviewApproval.objects.count() == 1


def test_approving_what_changed_meanwhile_is_a_conflict_and_keeps_the_words(client, made):
    clear_all(made, "UK")
    client.force_login(made.helen)
    data = understood_data(client.get(url(made, "review")))
    change_core(made, proof="4,8 Sterne")
    reply = client.post(url(made, "review_approve"), data)
    assert reply.status_code == 409
    assert "Nothing was approved." in reply.content.decode()
    assert UNDERSTOOD in reply.content.decode()
    assert not ReviewApproval.objects.exists()


def test_approving_too_early_says_why(client, made):
    client.force_login(made.helen)
    data = understood_data(client.get(url(made, "review")))
    reply = client.post(url(made, "review_approve"), data)
    assert reply.status_code == 422
    assert "Every passage must be clear before you approve." in reply.content.decode()


def test_approving_without_words_says_so(client, made):
    clear_all(made, "UK")
    client.force_login(made.helen)
    data = understood_data(client.get(url(made, "review")), "  ")
    reply = client.post(url(made, "review_approve"), data)
    assert reply.status_code == 422
    assert "Say in your own words what you understood." in reply.content.decode()


def test_planners_do_not_approve(client, made):
    clear_all(made, "UK")
    client.force_login(made.owner)
    data = understood_data(client.get(url(made, "review")))
    assert client.post(url(made, "review_approve"), data).status_code == 403
    assert not ReviewApproval.objects.exists()


# --- the campaign's tab -----------------------------------------------------------------------------------


def test_sharing_from_the_tab(client):
    made = make_message()
    reviewer_of("UK")
    client.force_login(made.owner)
    tab = reverse("campaigns:reviews", args=[made.campaign.pk])
    assert "Share the message with all regions" in client.get(tab).content.decode()
    for _click in range(2):
        assert client.post(reverse("campaigns:share", args=[made.campaign.pk])).url == tab
    assert Campaign.objects.get(pk=made.campaign.pk).shared_at is not None
    page = client.get(tab)
    assert [card["picture"].state for card in page.context["cards"]] == [ReviewState.INVITED] * 3


def test_sharing_an_empty_message_says_what_is_missing(client):
    made = make_message()
    made.core.claim = ""
    made.core.save()
    client.force_login(made.owner)
    page = client.post(reverse("campaigns:share", args=[made.campaign.pk]), follow=True)
    assert "Write the claim of the core message first" in page.content.decode()


def test_readers_do_not_share_or_name(client, made):
    client.force_login(made.helen)
    assert client.post(reverse("campaigns:share", args=[made.campaign.pk])).status_code == 403
    reply = client.post(url(made, "review_assign"), {"reviewer": made.helen.pk})
    assert reply.status_code == 403


def test_objections_stand_on_the_tab_with_the_way_to_edit(client, made):
    variant = made.campaign.variants.get(language="en")
    answer(made, "UK", "core.claim", "unclear", comment="Which door?", proposal="Starts at your door & on")
    answer(made, "UK", f"variant.{variant.pk}.body", "wrong", comment="Pounds!")
    client.force_login(made.owner)
    page = client.get(reverse("campaigns:reviews", args=[made.campaign.pk]))
    core, body = page.context["cards"][2]["objections"]
    edit = reverse("campaigns:core_edit", args=[made.campaign.pk])
    assert core["edit_url"] == edit
    assert core["take_url"] == f"{edit}?field=claim&proposal=Starts+at+your+door+%26+on"
    assert body["edit_url"] == reverse("campaigns:variant_edit", args=[made.campaign.pk, variant.pk])
    assert body["take_url"] == ""
    assert "Which door?" in page.content.decode()
    assert "2 passages are not clear" in page.content.decode()


def test_naming_another_reviewer(client, made):
    other = reviewer_of("UK", first_name="Olive")
    client.force_login(made.owner)
    review = review_in(made, "UK")
    reply = client.post(url(made, "review_assign"), {f"review{review.pk}-reviewer": other.pk})
    tab = reverse("campaigns:reviews", args=[made.campaign.pk])
    assert reply.url == f"{tab}#review-UK-en"
    assert review_in(made, "UK").reviewer == other


@pytest.mark.parametrize("who", ["foreign", "author", "nobody"])
def test_naming_somebody_who_cannot_review_is_refused_at_the_place(client, made, who):
    author = reviewer_of("UK")
    RoleGrant.objects.create(user=author, role=Role.MARKETER)
    change_core(made, by=author, proof="mine")
    chosen = {"foreign": made.urs.pk, "author": author.pk, "nobody": ""}[who]
    client.force_login(made.owner)
    review = review_in(made, "UK")
    reply = client.post(url(made, "review_assign"), {f"review{review.pk}-reviewer": chosen})
    assert reply.status_code == 422
    assert 'id="review-UK-en-error"' in reply.content.decode()
    assert review_in(made, "UK").reviewer == made.helen


def test_a_reviewer_who_left_is_shown_and_can_be_replaced(client, made):
    made.helen.is_active = False
    made.helen.save()
    client.force_login(made.owner)
    tab = reverse("campaigns:reviews", args=[made.campaign.pk])
    text = client.get(tab).content.decode()
    assert "The reviewer has left the company" in text
    assert "Nobody else speaks for this region" in text
    reviewer_of("UK")
    assert "Name another reviewer" in client.get(tab).content.decode()


# --- my reviews -------------------------------------------------------------------------------------------


def test_my_reviews_wait_earliest_first(client, made):
    client.force_login(made.helen)
    page = client.get(reverse("campaigns:review_inbox"))
    assert [one.pk for one in page.context["waiting"]] == [review_in(made, "UK").pk]
    approve(made, "UK")
    page = client.get(reverse("campaigns:review_inbox"))
    assert list(page.context["waiting"]) == []
    assert [one.pk for one in page.context["answered"]] == [review_in(made, "UK").pk]


def test_only_reviewers_have_reviews(client, made):
    client.force_login(marketer())
    assert client.get(reverse("campaigns:review_inbox")).status_code == 404


@pytest.mark.parametrize(("name", "queries"), [("review_inbox", 5), ("reviews", 18), ("review", 16)])
def test_pages_cost_the_same_for_one_and_for_three(client, made, name, queries, django_assert_num_queries):
    everywhere = UserFactory(roles=[Role.REVIEWER, Role.MARKETER])
    Review.objects.update(reviewer=everywhere)
    made.variant("UK", language="en")
    client.force_login(everywhere)
    args = {"review_inbox": [], "reviews": [made.campaign.pk], "review": [review_in(made, "UK").pk]}[name]
    address = reverse(f"campaigns:{name}", args=args)
    with django_assert_num_queries(queries):
        client.get(address)
    made.campaign.regions.exclude(region__code="UK").delete()
    made.campaign.variants.filter(campaign_channel=made.sms).delete()
    with django_assert_num_queries(queries):
        client.get(address)


# --- whatever people write --------------------------------------------------------------------------------


def chunks(strings, size=3000):
    """Many strings in one text each, below the longest possible comment."""
    text = ""
    for words in strings:
        if len(text) + len(words) > size:
            yield text
            text = ""
        text += f"{words}\n"
    yield text


CONTROLS = [words for words in NAUGHTY if any(category(char) in ("Cc", "Cs") for char in words)]
PLAIN = [words.replace("\r", "") for words in NAUGHTY if words not in CONTROLS]


def test_naughty_strings_come_back_unharmed_and_harmless(client, made):
    client.force_login(made.helen)
    for words in chunks(PLAIN):
        reply = post_verdict(client, made, "core.claim", "wrong", comment=words, proposal=words)
        assert reply.status_code == 302
        given = PassageVerdict.objects.first()
        assert (given.comment, given.proposal) == (words, words)
        page = client.get(url(made, "review"), {"at": "core.promise"}).content.decode()
        assert escape(words) in page
        assert words not in page


def test_naughty_words_of_what_was_understood(client, made):
    client.force_login(made.helen)
    for words in chunks(PLAIN):
        data = understood_data(client.get(url(made, "review")), words)
        assert client.post(url(made, "review_understood"), data).status_code == 302
        assert review_in(made, "UK").understood == words


def test_control_characters_are_refused_with_their_place(client, made):
    client.force_login(made.helen)
    assert CONTROLS
    for words in ["bell \x07", "zero \x00"]:
        reply = post_verdict(client, made, "core.claim", "wrong", comment=words)
        assert reply.status_code == 422
        assert "control character U+" in reply.content.decode()
    assert not PassageVerdict.objects.exists()


@pytest.mark.parametrize("field", ["claim", "headline"])
def test_taking_over_a_proposal_fills_the_form_and_saves_nothing(client, made, field):
    variant = made.campaign.variants.get(language="en")
    key = f"core.{field}" if field == "claim" else f"variant.{variant.pk}.{field}"
    answer(made, "UK", key, "unclear", comment="Hm", proposal='Out <b>"now"</b>')
    client.force_login(made.owner)
    page = client.get(reverse("campaigns:reviews", args=[made.campaign.pk]))
    (objection,) = page.context["cards"][2]["objections"]
    form = client.get(objection["take_url"]).context["form"]
    assert form[field].value() == 'Out <b>"now"</b>'
    variant.refresh_from_db()
    made.core.refresh_from_db()
    assert (made.core.claim, variant.headline) == ("Draußen fängt hinter der Haustür an.", "Out there")


def test_readers_are_shown_no_way_to_edit(client, made):
    answer(made, "UK", "core.claim", "unclear", comment="Hm", proposal="Out")
    client.force_login(made.helen)
    page = client.get(reverse("campaigns:reviews", args=[made.campaign.pk]))
    (objection,) = page.context["cards"][0]["objections"]
    assert (objection["edit_url"], objection["take_url"]) == ("", "")
