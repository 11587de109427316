"""“Nobody told me about this”: asked at the desk, answered by the team, found by everybody."""

import threading
import uuid

import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.urls import reverse

from accounts.enums import Role
from briefings.home_asked import answered, to_answer
from briefings.models import AskedQuestion, Briefing, Confirmation, Delivery
from briefings.services import asking
from campaigns.models import Campaign
from core.delivery.models import OutgoingMail
from desk.search import find
from tests.briefings.data import coming, confirmed_by, put_out, region_in, rewrite, staff, written
from tests.factories import UserFactory, marketer
from tests.factories.lifecycle import at, manager_in, run_region

pytestmark = pytest.mark.django_db
SAID = "Gibt es die Jacke auch in Übergrößen?"


@pytest.fixture(autouse=True)
def during(time_machine):
    time_machine.move_to(at("2026-09-25T12:00+00:00"), tick=False)


@pytest.fixture
def scene():
    """A live offer; Anna and Ben were told of it and have confirmed, Cleo has not."""
    row = region_in(coming("AT", name="Outdoors at home"))
    _team, people = staff(row, 3, language="de")
    briefing = written(row)
    version = put_out(briefing)
    confirmed_by(version, *people[:2])
    return run_region(row), briefing, people


def asked(row, by, campaign=True, **more):
    about = {"campaign": row.campaign} if campaign else {}
    return asking.ask(
        by=by, region=row.region, said=SAID, submission=more.pop("submission", uuid.uuid4()), **about, **more
    )


def mails(prefix):
    found = OutgoingMail.objects.filter(key__startswith=prefix).order_by("recipient")
    return [(mail.recipient, mail.urgent) for mail in found]


def post(client, user, about, **data):
    client.force_login(user)
    return client.post(about.get_absolute_url(), data)


# --- asking ---------------------------------------------------------------------------------------------


def test_a_question_reaches_the_owner_and_the_marketers_of_the_region(scene):
    row, _briefing, people = scene
    local, foreign = (
        UserFactory(roles_in={one: [Role.MARKETER]})
        for one in (row.region, coming("CH").regions.get().region)
    )
    question = asked(row, people[0])
    owner = row.campaign.owner
    assert {owner, local} <= {person for person, _urgent in mails("asked:")}
    assert foreign not in [person for person, _urgent in mails("asked:")]
    for person in (owner, local):
        assert [item.title for item in to_answer(person, None)] == [SAID]
    assert to_answer(foreign, None) == to_answer(people[0], None) == []
    assert question.said == SAID


def test_a_double_click_is_one_question(client, scene):
    row, _briefing, people = scene
    client.force_login(people[0])
    data = {"said": SAID, "offer": row.pk, "region": row.region_id, "submission": str(uuid.uuid4())}
    for _click in range(2):
        assert client.post(reverse("desk:ask"), data).status_code == 302
    question = AskedQuestion.objects.get()
    assert (question.campaign, question.asker, question.briefing.campaign_region) == (
        row.campaign,
        people[0],
        row,
    )
    assert len(mails("asked:")) == 1
    client.force_login(people[1])
    assert client.post(reverse("desk:ask"), data).status_code == 302
    assert AskedQuestion.objects.filter(asker=people[1]).exclude(submission=question.submission).count() == 1


def test_the_form_is_filled_with_what_was_searched_for(client, scene):
    _row, _briefing, people = scene
    client.force_login(people[0])
    page = client.get("/now/", {"q": "übergröße"}).content.decode()
    assert "said=%C3%BCbergr%C3%B6%C3%9Fe" in page
    form = client.get(reverse("desk:ask"), {"said": "übergröße", "region": "AT"}).content.decode()
    assert "übergröße</textarea>" in form.replace("\n", "")
    empty = {"region": people[0].teams.get().regions.get().pk, "submission": str(uuid.uuid4())}
    assert client.post(reverse("desk:ask"), empty).content.decode().count("ek-note ek-tone-stop mb-4") == 1


def test_nobody_asks_about_an_offer_or_a_region_that_is_not_his(client, scene):
    _row, _briefing, people = scene
    foreign = run_region(region_in(coming("CH", name="Elsewhere"), "CH"))
    client.force_login(people[0])
    assert client.get(reverse("desk:ask"), {"offer": foreign.pk}).status_code == 404
    data = {"said": SAID, "region": foreign.region_id, "submission": str(uuid.uuid4())}
    assert client.post(reverse("desk:ask"), data).status_code == 422
    assert client.post(reverse("desk:ask"), data | {"offer": foreign.pk}).status_code == 404
    assert client.post(reverse("desk:ask"), data | {"offer": "x"}).status_code == 404
    assert not AskedQuestion.objects.exists()


def test_without_a_campaign_all_who_plan_for_the_region_are_asked_and_may_give_it_to_one(client, scene):
    row, _briefing, people = scene
    boss = manager_in(row.region)
    local, foreign = (
        UserFactory(roles_in={one: [Role.MARKETER]})
        for one in (row.region, coming("CH").regions.get().region)
    )
    question = asked(row, people[0], campaign=False)
    told = {person for person, _urgent in mails("asked:")}
    assert ({boss, local, foreign} & told) == {boss, local}
    for person in (boss, local):
        assert [item.url for item in to_answer(person, None)] == [question.get_absolute_url()]
    assert to_answer(foreign, None) == []
    client.force_login(local)
    address = reverse("briefings:asked_assign", args=[question.pk])
    elsewhere = Campaign.objects.exclude(pk=row.campaign_id).get()
    client.post(address, {"campaign": elsewhere.pk})
    question.refresh_from_db()
    assert question.campaign is None
    assert client.post(address, {"campaign": row.campaign_id}).status_code == 302
    question.refresh_from_db()
    assert question.campaign == row.campaign
    again = f"asked:{question.pk}:{row.campaign_id}:"
    assert (row.campaign.owner, True) in mails(again)


# --- answering ------------------------------------------------------------------------------------------


def test_an_answer_becomes_a_question_and_answer_that_all_find_and_nobody_confirms_again(client, scene):
    row, briefing, people = scene
    question = asked(row, people[0])
    answer = post(
        client,
        row.campaign.owner,
        question,
        outcome="briefings",
        question="Übergrößen?",
        answer="Ja, bis **4XL**.",
        briefings=[briefing.pk],
    )
    assert answer.status_code == 302
    version = Briefing.objects.get(pk=briefing.pk).current
    assert (version.number, version.asks_from) == (2, 1)
    assert version.content["questions"] == [{"question": "Übergrößen?", "answer": "Ja, bis **4XL**."}]
    for person in people:
        assert find(person, [row.region], "übergrössen").total == 1
    # Ben, who has confirmed, hears of it in his digest; Cleo gets the whole version, the asker the answer.
    assert mails("asked-news:") == [(people[1], False)]
    assert mails("asked-answered:") == [(people[0], True)]
    queued = Delivery.objects.filter(version=version)
    assert [one.user for one in queued] == [people[2]]
    assert Confirmation.objects.count() == 2


def test_the_author_may_tell_everybody_at_once_or_ask_again(scene):
    row, briefing, people = scene
    owner = row.campaign.owner
    given = {"by": owner, "asked": "Größen?", "reply": "Ja", "briefings": [briefing]}
    asking.answer(question=asked(row, people[0]), urgent=True, **given)
    assert mails("asked-news:") == [(people[1], True)]
    asking.answer(question=asked(row, people[0]), ask_again=True, **given | {"asked": "Und klein?"})
    version = Briefing.objects.get(pk=briefing.pk).current
    assert (version.number, version.asks_from) == (3, 3)
    assert Delivery.objects.filter(version=version).count() == 3


def test_unpublished_changes_never_go_out_with_an_answer(scene):
    row, briefing, people = scene
    rewrite(briefing, say="Half written")
    outcome = asking.answer(
        question=asked(row, people[0]),
        by=row.campaign.owner,
        asked="Größen?",
        reply="Ja",
        briefings=[briefing],
    )
    assert (outcome.published, outcome.drafted) == ([], [briefing])
    briefing.refresh_from_db()
    assert briefing.current.number == 1
    assert [one.question for one in briefing.questions.all()] == ["Größen?"]
    assert mails("asked-answered:") == [(people[0], True)]


def test_an_answer_for_the_asker_alone_and_a_refusal(client, scene):
    row, briefing, people = scene
    owner = row.campaign.owner
    first, second = asked(row, people[0]), asked(row, people[0])
    assert post(client, owner, first, outcome="asker", answer="Nur im Lager Wien").status_code == 302
    assert post(client, owner, second, outcome="decline", reason="").status_code == 422
    for number in ("9" * 40, "-" + "9" * 40, "9_" * 20 + "9", "9" * 5000, "x", "0"):
        told = {"outcome": "briefings", "answer": "Ja", "briefings": number}
        assert post(client, owner, second, **told).status_code == 422
    assert post(client, owner, second, outcome="decline", reason="Betriebsgeheimnis").status_code == 302
    assert Briefing.objects.get(pk=briefing.pk).current.number == 1
    assert [item.detail for item in answered(people[0], None)] == [
        "Your question is answered",
        "Your question was declined",
    ]
    client.force_login(people[0])
    page = client.get(reverse("desk:questions")).content.decode()
    assert "Nur im Lager Wien" in page
    assert "Betriebsgeheimnis" in page
    assert answered(people[0], None) == []
    client.force_login(people[1])
    assert "Nur im Lager Wien" not in client.get(reverse("desk:questions")).content.decode()


def test_the_second_of_two_who_answer_sees_the_first_ones_answer(client, scene):
    row, _briefing, people = scene
    question = asked(row, people[0])
    other = marketer()
    assert (
        post(client, row.campaign.owner, question, outcome="asker", answer="Ja, bis 4XL").status_code == 302
    )
    late = post(client, other, question, outcome="asker", answer="Nein, leider")
    page = late.content.decode()
    assert late.status_code == 409
    assert "Ja, bis 4XL" in page
    assert "Nein, leider" in page
    question.refresh_from_db()
    assert (question.answer, question.answered_by) == ("Ja, bis 4XL", row.campaign.owner)
    assert len(mails("asked-answered:")) == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_answers_at_the_same_moment_one_wins(scene):
    row, _briefing, people = scene
    question = asked(row, people[0])
    barrier, results = threading.Barrier(2), []

    def reply(text):
        try:
            barrier.wait()
            asking.answer(question=question, by=row.campaign.owner, asked="?", reply=text)
            results.append(text)
        except asking.AlreadyAnswered:
            results.append("late")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=reply, args=(text,)) for text in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    question.refresh_from_db()
    assert sorted(results) == sorted(["late", question.answer])


# --- rights and record ----------------------------------------------------------------------------------


def test_who_loses_the_right_sees_nothing(client, scene):
    row, _briefing, people = scene
    question = asked(row, people[0])
    local = UserFactory(roles_in={row.region: [Role.MARKETER]})
    client.force_login(local)
    assert client.get(question.get_absolute_url()).status_code == 200
    local.grants.all().delete()
    assert client.get(question.get_absolute_url()).status_code == 404
    people[0].teams.update(active=False)
    client.force_login(people[0])
    assert SAID not in client.get(reverse("desk:questions")).content.decode()


@pytest.mark.parametrize("change", [{"said": "Other"}, {"state": "open"}, {"answer": "Other"}])
def test_a_question_and_its_answer_stay_as_they_are(scene, change):
    row, _briefing, people = scene
    question = asked(row, people[0])
    asking.answer(question=question, by=row.campaign.owner, asked="?", reply="Yes")
    with pytest.raises(DatabaseError), transaction.atomic():
        AskedQuestion.objects.filter(pk=question.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM briefings_askedquestion")


@pytest.mark.parametrize("count", [1, 3])
def test_lists_ask_the_same_number_of_questions(client, scene, count, django_assert_num_queries):
    row, _briefing, people = scene
    for _one in range(count):
        asked(row, people[0])
        asking.answer(question=asked(row, people[0]), by=row.campaign.owner, asked="?", reply="Yes")
    client.force_login(row.campaign.owner)
    with django_assert_num_queries(6):
        assert client.get(reverse("briefings:asked")).status_code == 200
    client.force_login(people[0])
    with django_assert_num_queries(6):
        assert client.get(reverse("desk:questions")).status_code == 200


def test_the_link_in_the_mail_opens_the_page_that_has_the_question(client, scene):
    row, _briefing, people = scene
    first, *_others, last = (asked(row, people[0]) for _one in range(21))
    client.force_login(people[0])
    for question, number in ((first, 2), (last, 1)):
        page = client.get(asking.askers_link(question)).context["page"]
        assert (page.number, question in page.object_list) == (number, True)
    for wrong in ("x", "9" * 40, "", "0"):
        assert client.get(reverse("desk:questions"), {"question": wrong}).status_code == 200
