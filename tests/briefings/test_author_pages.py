"""The campaign's tab, the draft, publishing, versions and mails (serves B1, B2)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.enums import Audience
from briefings.models import Briefing, Clearance
from briefings.services.writing import save_briefing
from core.delivery.models import OutgoingMail
from core.delivery.pauses import pause
from core.models import AuditEvent
from tests.briefings.data import (
    TEXTS,
    bring,
    coming,
    confirmed_by,
    put_out,
    region_in,
    rewrite,
    set_price,
    staff,
    written,
)
from tests.factories.lifecycle import fix_release

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def owner(client, region):
    client.force_login(region.campaign.owner)
    return region.campaign.owner


def url(name, *args):
    return reverse(f"briefings:{name}", args=args)


def words(response):
    return response.content.decode()


def posted(briefing, questions=(), **changes):
    """What the edit page sends."""
    form = {"version": str(briefing.version), **TEXTS, **changes}
    form |= {"questions-TOTAL_FORMS": str(len(questions)), "questions-INITIAL_FORMS": "0"}
    form |= {"understanding-TOTAL_FORMS": "0", "understanding-INITIAL_FORMS": "0"}
    for n, (question, answer) in enumerate(questions):
        form |= {f"questions-{n}-question": question, f"questions-{n}-answer": answer}
    return form


def shown(client, briefing):
    """What the publish page sends of what it showed."""
    return client.get(url("publish", briefing.pk)).context["form"].initial


def tab_queries(client, campaign):
    client.get(url("campaign", campaign.pk))
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url("campaign", campaign.pk)).status_code == 200
    return len(queries)


def test_the_tab_shows_who_is_missing_and_what_is_due(client, owner, told, region):
    team, anna, _briefing, _version = told
    page = words(client.get(url("campaign", region.campaign_id)))
    assert "0 of 1 present people confirmed" in page
    assert str(anna) in page
    assert team.name in page
    assert page.count("Nobody serves this audience here") == 2


def test_figures_are_new_as_soon_as_somebody_confirms(client, owner, told, region):
    address = url("campaign", region.campaign_id)
    seen = client.get(address).context["seen"]
    again = client.get(f"{address}?seen={seen}", headers={"hx-request": "true"})
    assert again.status_code == 204
    confirmed_by(told[3], told[1])
    news = client.get(f"{address}?seen={seen}", headers={"hx-request": "true"})
    assert news.status_code == 200
    assert "1 of 1 present people confirmed" in words(news)


@pytest.mark.parametrize("codes", [["AT"], ["AT", "CH", "DE"]], ids=["one region", "three regions"])
def test_the_tab_needs_the_same_queries_for_every_number_of_regions(client, codes):
    campaign = coming(*codes)
    for code in codes:
        here = region_in(campaign, code)
        staff(here, 2)
        put_out(written(here))
    client.force_login(campaign.owner)
    assert tab_queries(client, campaign) == 12


def test_a_draft_is_composed_from_the_campaign(client, owner, region):
    data = {"region": region.pk, "audience": "service", "language": "de"}
    response = client.post(url("draft", region.campaign_id), data)
    briefing = Briefing.objects.get()
    assert response["Location"] == url("edit", briefing.pk)
    assert briefing.offer == "Stays dry"
    assert "Dry for {{price}}" in briefing.say
    assert briefing.contact == "{{owner}} · {{owner_phone}}"
    client.post(url("draft", region.campaign_id), data)
    assert Briefing.objects.count() == 1
    assert "please translate" not in client.get(response["Location"]).content.decode()
    # Neither the message nor a variant is English here: its author is told.
    english = client.post(url("draft", region.campaign_id), data | {"language": "en"})
    page = client.get(english["Location"]).content.decode()
    assert "no words in this language here yet (English): please translate the draft&#x27;s." in page


@pytest.mark.parametrize("wrong", [{"region": 0}, {"audience": "nobody"}, {"language": "fr"}])
def test_a_draft_for_what_is_not_part_of_the_campaign(client, owner, region, wrong):
    other = region_in(coming("CH"), "CH")
    wrong = {"region": other.pk} if "region" in wrong else wrong
    data = {"region": region.pk, "audience": "service", "language": "de"} | wrong
    client.post(url("draft", region.campaign_id), data)
    assert Briefing.objects.count() == 0


def test_editing_keeps_texts_and_questions(client, owner, region):
    briefing = written(region)
    form = posted(briefing, [("Too big?", "Send it back"), ("", "")], say="New words")
    response = client.post(url("edit", briefing.pk), form)
    assert response["Location"] == url("edit", briefing.pk)
    briefing.refresh_from_db()
    assert (briefing.say, briefing.version) == ("New words", 2)
    assert [(one.question, one.answer) for one in briefing.questions.all()] == [("Too big?", "Send it back")]
    page = words(client.get(url("edit", briefing.pk)))
    assert "Send it back" in page


def test_heading_and_log_show_the_title_as_people_read_it(client, owner, region):
    briefing = written(region, title="Jackets for {{price}}")
    kept = {"expected": briefing.version, "texts": {}, "questions": []}
    save_briefing(briefing=briefing, by=region.campaign.owner, **kept)
    shown = "Jackets for 159\N{NO-BREAK SPACE}€"
    assert AuditEvent.objects.get(verb="briefing.saved").data["title"] == shown
    assert f"<h1>{shown}</h1>" in client.get(url("edit", briefing.pk)).content.decode()


def test_a_question_can_be_removed(client, owner, region):
    briefing = written(region, questions=[("Too big?", "Send it back")])
    form = posted(briefing, [("Too big?", "Send it back")]) | {"questions-0-DELETE": "on"}
    client.post(url("edit", briefing.pk), form)
    assert briefing.questions.count() == 0


def test_bad_entries_are_named_at_their_place_and_kept(client, owner, region):
    briefing = written(region)
    form = posted(briefing, [("Only a question", "")], title="x" * 201, say="bell \x07")
    response = client.post(url("edit", briefing.pk), form)
    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"title", "say"}
    assert response.context["questions"].errors == [
        {"answer": ["Please write both, the question and its answer."]}
    ]
    assert "Only a question" in words(response)
    briefing.refresh_from_db()
    assert briefing.title == TEXTS["title"]


def test_a_stale_form_is_merged_not_overwritten(client, owner, region):
    briefing = written(region)
    base = client.get(url("edit", briefing.pk)).context["form"].initial["base"]
    client.post(url("edit", briefing.pk), posted(briefing, say="Theirs"))
    mine = posted(briefing, say="Mine") | {"base": base}
    response = client.post(url("edit", briefing.pk), mine)
    assert response.status_code == 409
    assert "Theirs" in words(response)
    assert "Mine" in words(response)
    briefing.refresh_from_db()
    assert briefing.say == "Theirs"


def test_the_preview_fills_what_has_not_been_saved(client, owner, region):
    briefing = written(region)
    form = posted(briefing, [("What?", "It is {{price}}")], say="Only {{price}} <b>now</b>")
    page = words(client.post(url("preview", briefing.pk), form, headers={"hx-request": "true"}))
    assert "Only 159&nbsp;€" in page
    assert "It is 159&nbsp;€" in page
    assert "<b>now" not in page
    briefing.refresh_from_db()
    assert briefing.say == TEXTS["say"]


def test_publishing_says_who_gets_it_and_does_it_once(client, owner, region):
    team, _people = staff(region, 2)
    briefing = written(region)
    page = words(client.get(url("publish", briefing.pk)))
    assert "Publish to 2 people" in page
    assert team.name in page
    form = shown(client, briefing)
    for _double_click in range(2):
        response = client.post(url("publish", briefing.pk), form)
        assert response["Location"] == url("campaign", region.campaign_id)
    assert briefing.versions.count() == 1


def test_the_publish_page_says_when_the_system_insists(client, owner, told, region):
    briefing = told[2]
    set_price(region.campaign, "149.00")
    fix_release(region.campaign)
    response = client.get(url("publish", briefing.pk))
    assert "Everybody is asked to confirm again" in words(response)
    assert "ask_again" not in response.context["form"].fields
    assert "<ins>149</ins>" in words(response)


def test_the_author_decides_about_other_words(client, owner, told):
    briefing, version = told[2], told[3]
    confirmed_by(version, told[1])
    rewrite(briefing, say="Something else")
    response = client.get(url("publish", briefing.pk))
    assert "What staff say to customers changes" in words(response)
    assert response.context["form"].initial["ask_again"] is True
    form = {name: response.context["form"].initial[name] for name in ("version", "seal")}
    client.post(url("publish", briefing.pk), form | {"change_note": "Typing error"})
    second = briefing.versions.get(number=2)
    assert (second.asks_from, second.change_note) == (1, "Typing error")


@pytest.mark.parametrize(
    ("texts", "say"), [({"offer": ""}, "what the offer is"), ({"say": "{{x}}"}, "called x")]
)
def test_what_cannot_be_published_says_why(client, owner, region, texts, say):
    staff(region)
    briefing = written(region, **texts)
    response = client.post(url("publish", briefing.pk), {"version": briefing.version})
    assert response.status_code == 422
    assert say in words(response)
    assert briefing.versions.count() == 0


def test_an_audience_without_a_team_says_so(client, owner, region):
    briefing = written(region, audience=Audience.SALES)
    response = client.post(url("publish", briefing.pk), {"version": briefing.version})
    assert response.status_code == 422
    assert "No team serves this audience" in words(response)


def test_publishing_what_somebody_changed_meanwhile(client, owner, region):
    staff(region)
    briefing = written(region)
    rewrite(briefing, say="Theirs", version=2)
    response = client.post(url("publish", briefing.pk), {"version": 1})
    assert response.status_code == 409
    assert "Somebody changed the draft meanwhile" in words(response)
    assert briefing.versions.count() == 0


def test_publishing_what_nobody_was_shown(client, owner, told, region):
    """The release is replaced between look and click: first it is shown, then it can be published."""
    briefing = told[2]
    rewrite(briefing, dont_say="Other words")
    seen = shown(client, briefing)
    set_price(region.campaign, "149.00")
    fix_release(region.campaign)
    response = client.post(url("publish", briefing.pk), seen | {"change_note": "New price"})
    assert response.status_code == 409
    assert "It reads differently by now" in words(response)
    assert "<ins>149</ins>" in words(response)
    assert briefing.versions.count() == 1
    fresh = response.context["form"].initial
    assert fresh["change_note"] == "New price"
    assert client.post(url("publish", briefing.pk), {"version": 1}).status_code == 409
    assert client.post(url("publish", briefing.pk), fresh).status_code == 302
    assert briefing.versions.count() == 2


def test_versions_and_a_version(client, owner, told):
    briefing = told[2]
    rewrite(briefing, say="Something else")
    put_out(briefing, change_note="Asked for")
    page = words(client.get(url("versions", briefing.pk)))
    assert "Asked for" in page
    one = words(client.get(url("version", briefing.pk, 2)))
    assert "Changed since version 1" in one
    assert client.get(url("version", briefing.pk, 3)).status_code == 404


def test_mails_that_need_a_decision_come_first(client, owner, region):
    _team, (anna, ben) = staff(region, 2)
    version = put_out(written(region))
    bring(version.deliveries.filter(user=ben), "failed")
    address = url("deliveries", version.briefing_id, 1)
    response = client.get(address)
    assert [row.user for row in response.context["page"]] == [ben, anna]
    assert "Send again" in words(response)
    assert [row.user for row in client.get(f"{address}?state=queued").context["page"]] == [anna]
    assert [row.user for row in client.get(f"{address}?q={ben.last_name}").context["page"]] == [ben]


def test_mails_that_wait_for_the_mail_server_say_so(client, owner, told):
    version = told[3]
    address = url("deliveries", version.briefing_id, 1)
    assert "No mail goes out at the moment" not in words(client.get(address))
    pause("mail", "smtp+tls://mail.example:587: STARTTLS extension not supported by server.")
    page = words(client.get(address))
    assert "No mail goes out at the moment" in page
    assert "The mail server refuses an encrypted connection" in page
    bring(version.deliveries, "uncertain")
    version.deliveries.update(failure="No answer after DATA: timed out")
    page = words(client.get(address))
    assert "No mail goes out at the moment" not in page
    assert "it may have arrived" in page


def test_the_list_of_mails_needs_the_same_queries_for_every_number(client, owner, region):
    counts = []
    for code, number in (("AT", 1), ("AT", 3)):
        here = region_in(coming(code), code)
        client.force_login(here.campaign.owner)
        staff(here, number)
        address = url("deliveries", put_out(written(here)).briefing_id, 1)
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        counts.append(len(queries))
    assert counts == [9, 9]


@pytest.mark.parametrize(
    ("decision", "state"), [("again", "retry"), ("found", "sent"), ("cleared", "uncertain")]
)
def test_deciding_about_a_mail(client, owner, told, decision, state):
    version = told[3]
    bring(version.deliveries, "uncertain")
    address = url("decide", version.deliveries.get().pk)
    assert client.post(address, {"decision": decision, "reason": ""}).status_code == 422
    response = client.post(address, {"decision": decision, "reason": "Looked it up"})
    assert response["Location"] == url("deliveries", version.briefing_id, 1)
    assert version.deliveries.get().state == state
    assert Clearance.objects.count() == (decision == "cleared")


def test_a_decision_too_late_is_refused(client, owner, told):
    version = told[3]
    response = client.post(
        url("decide", version.deliveries.get().pk), {"decision": "again", "reason": "Keep this reason"}
    )
    assert response.status_code == 422
    assert "there is nothing to decide" in words(response)


def test_reminding_writes_once_a_day(client, owner, told):
    for _twice in range(2):
        client.post(url("remind", told[2].pk))
    assert OutgoingMail.objects.filter(recipient=told[1]).count() == 1


def test_somebody_elses_region_is_not_found(client, told):
    from tests.factories import RegionFactory, UserFactory

    client.force_login(UserFactory(roles_in={RegionFactory(): ["marketer"]}))
    for name in ("edit", "publish", "versions"):
        assert client.get(url(name, told[2].pk)).status_code == 404
