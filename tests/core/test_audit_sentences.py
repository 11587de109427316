"""The audit log in words: days, money and codes as the reader writes them, with and without an actor."""

import pytest
from django.utils import translation

from core.audit import register_verbs, sentence
from core.models import AuditEvent

pytestmark = pytest.mark.once

NB = "\u00a0"


def said(verb, actor=7, language="en", **data):
    with translation.override(language):
        return sentence(AuditEvent(verb=verb, actor_id=actor, data=data))


def test_money_is_written_in_the_language_of_the_reader():
    data = {"amount": "240000.00", "currency": "EUR"}
    assert said("budget.approval", **data) == "approved a budget of €240,000"
    assert said("budget.approval", language="de", **data) == f"hat ein Budget von 240.000{NB}€ genehmigt"


def test_days_are_written_in_the_language_of_the_reader():
    days = {"starts_on": "2026-09-21", "ends_on": "2026-10-31"}
    assert said("campaign.moved", **days) == f"moved the campaign: 21{NB}Sept{NB}2026 to 31{NB}Oct{NB}2026"
    moved = "hat die Kampagne verschoben: 21.09.2026 bis 31.10.2026"
    assert said("campaign.moved", language="de", **days) == moved


def test_figures_are_written_in_the_language_of_the_reader():
    data = {"kpi": "CSAT", "value": "2600.5"}
    assert said("target.set", **data) == "set the target of CSAT to 2,600.5"
    assert said("target.set", language="de", **data) == "hat den Zielwert von CSAT auf 2.600,5 gesetzt"


def test_codes_become_words():
    granted = said("person.role_granted", role="manager", region="")
    assert granted == "granted the role “Manager” (everywhere)"
    named = said("expert.named", person="Lea", region="*", language="de")
    assert named == "hat Lea als Kanalexperte/-expertin benannt (überall)"


def test_what_the_clock_did_is_said_without_an_actor():
    data = {"region": "AT", "number": 2}
    assert said("region.started", **data) == "started AT with release 2"
    assert said("region.started", actor=None, **data) == "AT is live with release 2"


@pytest.mark.parametrize(
    ("verb", "data", "words"),
    [
        ("team.created", {"name": "Hotline"}, "The system created the team “Hotline”"),
        ("team.member_added", {"person": "Ida"}, "The system took Ida into the team"),
        ("campaign.submitted", {}, "The system put the campaign into review"),
        ("region.held", {"region": "AT"}, "AT is held: something is still open"),
        (
            "person.chat_failed",
            {"reason": "410"},
            "The chat takes no messages any more; they go by mail: 410",
        ),
    ],
)
def test_what_no_person_did_reads_as_a_whole_sentence(verb, data, words):
    assert said(verb, actor=None, **data) == words


def test_data_that_lack_a_part_leave_the_template():
    assert said("budget.approval", amount="1") == "approved a budget of 1"
    assert said("campaign.moved") == "moved the campaign: %(starts_on)s to %(ends_on)s"


def test_an_unknown_verb_is_shown_as_it_is():
    assert said("nobody.knows") == "nobody.knows"


def test_two_apps_cannot_say_the_same_verb_differently():
    with pytest.raises(ValueError, match=r"said already: campaign\.created"):
        register_verbs({"campaign.created": "made it"})
