"""Templates of briefings: made from a draft, edited by one at a time, no unknown tokens (serves B1)."""

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.enums import Role
from briefings.enums import Part
from briefings.models import BriefingTemplate
from briefings.services.templates import save_template
from core.models import AuditEvent
from tests.briefings.data import written
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def url(name, *args):
    return reverse(f"briefings:{name}", args=args)


def posted(version=0, **changes):
    form = dict.fromkeys(["title", *Part.values], "") | {
        "name": "Sale",
        "title": "{{campaign}}",
        "language": "de",
    }
    form |= {
        "audience": "",
        "version": str(version),
        "questions-TOTAL_FORMS": "1",
        "questions-INITIAL_FORMS": "0",
    }
    return form | {"questions-0-question": "Until when?", "questions-0-answer": "{{ends_on}}"} | changes


@pytest.fixture
def marketer(client):
    user = UserFactory(roles=[Role.MARKETER])
    client.force_login(user)
    return user


def made(user, **fields):
    return BriefingTemplate.objects.create(
        **{"name": "Sale", "title": "Sale", "language": "de", "author": user} | fields
    )


def test_a_draft_becomes_a_template(client, region):
    briefing = written(region, questions=[("Too big?", "Send it back")])
    client.force_login(region.campaign.owner)
    page = client.get(url("template_new") + f"?briefing={briefing.pk}").content.decode()
    assert "Only {{price}}" in page
    assert "Send it back" in page
    response = client.post(url("template_new"), posted(say="Only {{price}}, says {{owner}}"))
    assert response["Location"] == url("templates")
    template = BriefingTemplate.objects.get()
    assert (template.say, template.version) == ("Only {{price}}, says {{owner}}", 1)
    assert template.questions == [{"question": "Until when?", "answer": "{{ends_on}}"}]
    assert AuditEvent.objects.filter(verb="briefing.template_made").count() == 1


def test_an_unknown_token_is_named_at_its_field(client, marketer):
    response = client.post(url("template_new"), posted(offer="For {{prise}}", say="Until {{end_on}}"))
    assert response.status_code == 422
    errors = response.context["form"].errors
    assert errors["offer"] == ["There is no token {{prise}}."]
    assert errors["say"] == ["There is no token {{end_on}}. Did you mean {{ends_on}}?"]
    assert "For {{prise}}" in response.content.decode()
    assert BriefingTemplate.objects.count() == 0


def test_an_unknown_token_in_a_question(client, marketer):
    response = client.post(url("template_new"), posted(**{"questions-0-answer": "{{nope}}"}))
    assert "There is no token {{nope}}." in response.content.decode()
    assert response.status_code == 422


def test_a_name_is_given_once_per_language(client, marketer):
    made(marketer)
    response = client.post(url("template_new"), posted())
    assert response.status_code == 422
    assert "There is a template of this name" in response.content.decode()


def test_two_who_edit_one_template(client, marketer):
    template = made(marketer, say="Before")
    base = client.get(url("template_edit", template.pk)).context["form"].initial["base"]
    client.post(url("template_edit", template.pk), posted(1, say="Theirs"))
    response = client.post(url("template_edit", template.pk), posted(1, say="Mine", base=base))
    assert response.status_code == 409
    page = response.content.decode()
    assert "Theirs" in page
    assert "Mine" in page
    assert BriefingTemplate.objects.get().say == "Theirs"


def test_deleting_what_somebody_changed_meanwhile(client, marketer):
    template = made(marketer)
    save_template(template=template, by=marketer, values={"say": "New"}, expected=1)
    client.post(url("template_delete", template.pk), {"version": "1"})
    assert BriefingTemplate.objects.count() == 1
    client.post(url("template_delete", template.pk), {"version": "2"})
    assert BriefingTemplate.objects.count() == 0


def test_the_service_refuses_unknown_tokens_too(marketer):
    with pytest.raises(ValidationError) as refused:
        save_template(template=made(marketer), by=marketer, values={"say": "{{x}}"}, expected=1)
    assert refused.value.message_dict == {"say": ["There is no token {{x}}."]}


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_needs_the_same_queries_for_every_number(client, marketer, number):
    for n in range(number):
        made(UserFactory(), name=f"Sale {n}")
    client.get(url("templates"))
    with CaptureQueriesContext(connection) as queries:
        page = client.get(url("templates")).content.decode()
    assert page.count("Sale ") >= number
    assert len([one for one in queries if "briefings_briefingtemplate" in one["sql"]]) == 1
