"""The check of understanding: written, asked, answered, summed up (serves B3)."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from briefings.errors import CheckOpen, NotAddressed, Superseded
from briefings.forms_rows import CheckFormSet
from briefings.models import Briefing, CheckAnswer, Confirmation
from briefings.services.checking import answer, check_results, open_keys, person_results, standing
from briefings.services.confirming import confirm
from tests.briefings.data import put_out, rewrite, staff, written
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
KEY, OTHER = "a" * 32, "b" * 32


def question(key=KEY, words="How long may it be returned?", right=("60 days",), multiple=False):
    texts = ["14 days", "30 days", "60 days"]
    options = [{"text": text, "right": text in right} for text in texts]
    explanation = "Sixty, even if worn for {{price}}."
    return {
        "key": key,
        "question": words,
        "multiple": multiple,
        "options": options,
        "explanation": explanation,
    }


@pytest.fixture
def checked(region):
    """(person, draft, version) of a briefing that asks one question; the third option is right."""
    _team, (anna,) = staff(region, 1)
    briefing = written(region)
    ask(briefing, question())
    return anna, briefing, put_out(briefing)


def ask(briefing, *questions):
    Briefing.objects.filter(pk=briefing.pk).update(understanding=list(questions))


def url(name, briefing):
    return reverse(f"briefings:{name}", args=[briefing.pk])


def test_nobody_confirms_before_all_is_answered_rightly(checked):
    anna, _briefing, version = checked
    with pytest.raises(CheckOpen, match="One question is still open"):
        confirm(version=version, user=anna)
    wrong = answer(version=version, user=anna, key=KEY, chosen=["1"])
    assert (wrong.right, wrong.first_try) == (False, True)
    with pytest.raises(CheckOpen):
        confirm(version=version, user=anna)
    again = answer(version=version, user=anna, key=KEY, chosen=["3"])
    assert (again.right, again.first_try) == (True, False)
    assert confirm(version=version, user=anna).version == version
    assert answer(version=version, user=anna, key=KEY, chosen=["1"]) == again


def test_explanation_and_right_answer_only_after_trying(checked):
    anna, _briefing, version = checked
    (before,) = standing(version, anna)
    assert (before.explanation, any(one.right for one in before.options)) == ("", False)
    answer(version=version, user=anna, key=KEY, chosen=["1"])
    (tried,) = standing(version, anna)
    assert tried.explanation == "Sixty, even if worn for 159\N{NO-BREAK SPACE}€."
    assert [(one.chosen, one.right) for one in tried.options] == [
        (True, False),
        (False, False),
        (False, False),
    ]


@pytest.mark.parametrize(("chosen", "multiple", "right"), [(["2", "3"], True, True), (["3"], True, False)])
def test_several_right_answers_have_to_be_chosen_all(region, chosen, multiple, right):
    _team, (anna,) = staff(region, 1)
    briefing = written(region)
    ask(briefing, question(right=("30 days", "60 days"), multiple=multiple))
    assert answer(version=put_out(briefing), user=anna, key=KEY, chosen=chosen).right is right


@pytest.mark.parametrize("chosen", [[], ["9"], ["1", "2"], ["<script>"]])
def test_what_cannot_be_chosen_is_refused(checked, chosen):
    anna, _briefing, version = checked
    with pytest.raises(ValidationError):
        answer(version=version, user=anna, key=KEY, chosen=chosen)
    assert CheckAnswer.objects.count() == 0


def test_nobody_answers_for_another_or_for_an_old_version(checked):
    anna, briefing, version = checked
    with pytest.raises(NotAddressed):
        answer(version=version, user=UserFactory(), key=KEY, chosen=["3"])
    rewrite(briefing, say="Else")
    put_out(briefing)
    with pytest.raises(Superseded):
        answer(version=version, user=anna, key=KEY, chosen=["3"])


def test_only_new_or_changed_questions_are_asked_again(checked):
    anna, briefing, first = checked
    answer(version=first, user=anna, key=KEY, chosen=["3"])
    confirm(version=first, user=anna)
    ask(briefing, question(), question(OTHER, "And unworn?"))
    second = put_out(briefing)
    assert open_keys(second, anna) == [OTHER]
    ask(briefing, question(words="How long, exactly?"))
    assert open_keys(put_out(briefing), anna) == [KEY]


def test_another_check_alone_asks_nobody_to_confirm_again(checked):
    _anna, briefing, first = checked
    ask(briefing, question(words="Other words"))
    second = put_out(briefing, ask_again=False)
    assert (second.number, second.asks_from) == (first.number + 1, first.asks_from)


def test_answers_stay_and_there_is_one_first_try(checked):
    anna, _briefing, version = checked
    given = answer(version=version, user=anna, key=KEY, chosen=["1"])
    with pytest.raises(IntegrityError), transaction.atomic():
        CheckAnswer.objects.all().delete()
    given.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        given.save(force_insert=True)


def test_results_say_which_point_was_not_understood(checked, region):
    anna, briefing, version = checked
    (empty,) = check_results(version)
    assert (empty.answered, empty.options) == (0, [])
    _team, (ben, eva) = staff(region, 2)
    version = put_out(rewrite(briefing, say="Else"))
    for person, chosen in ((anna, "3"), (ben, "1"), (ben, "3"), (eva, "1")):
        answer(version=version, user=person, key=KEY, chosen=[chosen])
    (found,) = check_results(version)
    assert (found.answered, found.right_first, found.share) == (3, 1, 33)
    assert [(one.text, one.count) for one in found.misread] == [("14 days", 2)]
    assert person_results(version, [anna.pk, ben.pk]) == {anna.pk: (1, 1), ben.pk: (0, 1)}


def test_results_stand_with_the_version_without_names(client, checked):
    anna, briefing, version = checked
    answer(version=version, user=anna, key=KEY, chosen=["1"])
    client.force_login(briefing.campaign.owner)
    page = client.get(reverse("briefings:version", args=[briefing.pk, 1])).content.decode()
    assert "0 of 1 person right at the first try" in page
    assert "14 days: 1 time" in page
    assert str(anna) not in page


def test_answering_and_confirming_in_one_step(client, checked):
    anna, briefing, _version = checked
    client.force_login(anna)
    page = client.get(url("read", briefing)).content.decode()
    assert "One question, then you are done" in page
    assert "even if worn" not in page
    refused = client.post(url("confirm", briefing), {"version": "1", f"check-{KEY}": "1"})
    assert refused.status_code == 422
    assert "Sixty, even if worn" in refused.content.decode()
    assert Confirmation.objects.count() == 0
    done = client.post(url("confirm", briefing), {"version": "1", f"check-{KEY}": "3"})
    assert done["Location"] == url("read", briefing)
    assert Confirmation.objects.get().user == anna


def test_checking_answers_first(client, checked):
    anna, briefing, version = checked
    client.force_login(anna)
    assert client.post(url("check", briefing), {"version": "1"}).status_code == 422
    right = client.post(url("check", briefing), {"version": "1", f"check-{KEY}": "3"})
    assert right["Location"] == f"{url('read', briefing)}#check"
    assert open_keys(version, anna) == []
    part = client.post(url("check", briefing), {"version": "1"}, headers={"hx-request": "true"})
    assert "That is right." in part.content.decode()
    rewrite(briefing, say="Else")
    put_out(briefing)
    assert client.post(url("check", briefing), {"version": "1", f"check-{KEY}": "3"}).status_code == 409


def entries(**changes):
    row = {
        "key": "",
        "question": "How long?",
        "kind": "one",
        "option_1": "14",
        "option_2": "60",
        "right_2": "on",
    }
    data = {f"understanding-0-{name}": value for name, value in (row | changes).items()}
    return data | {"understanding-TOTAL_FORMS": "1", "understanding-INITIAL_FORMS": "0"}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"question": ""}, "question"),
        ({"option_2": ""}, "option_2"),
        ({"option_1": "60"}, "option_1"),
        ({"right_2": ""}, "right_1"),
        ({"right_1": "on"}, "kind"),
        ({"option_6": "x" * 201}, "option_6"),
    ],
)
def test_a_question_that_cannot_be_asked_is_named_at_its_place(changes, field):
    rows = CheckFormSet.of([], "understanding", entries(**changes))
    assert not rows.is_valid()
    assert list(rows.forms[0].errors) == [field]


def test_a_check_is_kept_as_it_was_written():
    rows = CheckFormSet.of([], "understanding", entries(question="<b>How</b> long?"))
    assert rows.is_valid()
    (row,) = rows.rows()
    assert row["options"] == [{"text": "14", "right": False}, {"text": "60", "right": True}]
    assert (row["question"], row["multiple"], len(row["key"])) == ("<b>How</b> long?", False, 32)
    assert CheckFormSet.of([row], "understanding").shown_rows == [row]


def test_rows_of_two_authors_are_put_together():
    kept, mine, theirs = question(), question(OTHER, "Mine?"), question("c" * 32, "Theirs?")
    first = CheckFormSet.of([kept], "understanding")
    posted = CheckFormSet.of([kept, mine], "understanding")
    data = {"understanding-TOTAL_FORMS": "2", "understanding-INITIAL_FORMS": "0", first.seen_name: first.seen}
    for n, form in enumerate(posted.forms[:2]):
        data |= {
            f"understanding-{n}-{name}": "on" if value is True else value or ""
            for name, value in form.initial.items()
            if name != "stored"
        }
    bound = CheckFormSet.of([kept], "understanding", data)
    assert bound.is_valid()
    both = bound.merged([kept, theirs])
    assert both.shown_rows == [kept, mine, theirs]
    assert both.taken_over == 1
    gone = bound.merged([theirs])
    assert gone.shown_rows == [mine, theirs]
