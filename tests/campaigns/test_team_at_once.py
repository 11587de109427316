"""Two people do the same in a team at the same moment: it happens once, and nobody's words are lost."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from campaigns.models import Contribution
from campaigns.services import contributions
from tests.campaigns.test_message_two_writers import at_once
from tests.factories import DepartmentFactory, UserFactory, marketer
from tests.factories.lifecycle import draft

pytestmark = pytest.mark.django_db(transaction=True)


def signed_in(person):
    client = Client()
    client.force_login(person)
    return client


def test_a_department_is_invited_once_and_answers_once():
    campaign, legal = draft("AT", name="Outdoors"), DepartmentFactory()
    invite = reverse("campaigns:team_invite", args=[campaign.pk])
    form = {"departments": [legal.pk], "topics": ["time"]}
    posts = [(signed_in(person), form) for person in (campaign.owner, marketer())]
    assert {answer.status_code for answer in at_once(invite, posts)} <= {200, 302}
    row = campaign.partners.get()
    note = contributions.ask(to=row, text="Check the terms", by=campaign.owner)
    people = [UserFactory(roles=[Role.PARTNER], department=legal) for _ in range(2)]
    words = ["The receipt will do.", "Only with the invoice."]
    answer = reverse("campaigns:team_step", args=[campaign.pk, note.pk, "answer"])
    posts = [(signed_in(who), {"text": text}) for who, text in zip(people, words, strict=True)]
    answers = at_once(answer, posts)
    assert sorted(one.status_code for one in answers) == [302, 409]
    lost = next(place for place, one in enumerate(answers) if one.status_code == 409)
    kept = Contribution.objects.get()
    assert (kept.answer, kept.answered_by) == (words[1 - lost], people[1 - lost])
    page = answers[lost].content.decode()
    assert f"{people[1 - lost]} was faster" in page
    assert words[lost] in page
