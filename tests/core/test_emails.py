"""Mails to people: their language, both texts, absolute links, once per key."""

import pytest
from django.utils import translation

from accounts.models import User
from core.delivery.engine import deliver
from core.delivery.models import OutgoingMail
from core.emails import absolute, queue_mail, queue_mails


@pytest.fixture
def send(anna, mail_templates):
    def send(key="k", name="<b>Bär</b> & Söhne", **fields):
        context = {"name": name, "link": absolute("/campaigns/3/")}
        return queue_mail(key=key, to=anna, template=mail_templates, context=context, **fields)

    return send


def test_a_mail_is_rendered_in_the_language_of_the_person(send, settings):
    settings.SITE_URL = "https://einklang.example/"
    with translation.override("en"):
        mail = send()
    assert mail.subject == "Ja, <b>Bär</b> & Söhne"
    assert mail.language == "de"
    assert mail.text.startswith(
        "Ja, <b>Bär</b> & Söhne\n\nDear <b>Bär</b> & Söhne: https://einklang.example/campaigns/3/\n\n-- \n"
    )
    assert "Anna Müller" in mail.text
    assert '<html lang="de">' in mail.html
    assert "<p>Dear &lt;b&gt;Bär&lt;/b&gt; &amp; Söhne</p>" in mail.html
    assert 'href="https://einklang.example/campaigns/3/"' in mail.html
    assert "<b>Bär" not in mail.html


def test_the_same_key_again_changes_nothing(send):
    first = send(name="one")
    assert send(name="two") == first
    assert OutgoingMail.objects.get().subject == "Ja, one"
    assert send("other", name="two") != first


def test_a_subject_of_ones_own_replaces_the_templates_and_stays_one_line(send):
    mail = send(subject="Held\r\nBcc: x@evil.example" + "x" * 300)
    assert mail.subject.startswith("Held  Bcc: x@evil.example")
    assert len(mail.subject) == 250
    assert f"<title>{mail.subject}</title>" in mail.html


def test_it_arrives_as_it_was_queued(send, sink, route):
    mail = send()
    assert deliver(route) == {"sent": 1}
    (message,) = sink.messages
    assert message["Subject"] == mail.subject
    text = message.get_body(("plain",)).get_content()
    assert text.replace("\r\n", "\n").strip() == mail.text.strip()
    assert message.get_body(("html",)).get_content().replace("\r\n", "\n") == mail.html


def test_somebody_who_has_left_gets_nothing(send, sink, route, anna):
    type(anna).objects.update(is_active=False)
    send()
    assert deliver(route) == {"withheld": 1}
    assert sink.mails == []


def test_many_people_cost_as_many_queries_as_few(
    anna, mail_templates, django_assert_num_queries, django_capture_on_commit_callbacks
):
    tom = User.objects.create_user("tom@example.com", language="en")

    def tell(people, about):
        return queue_mails(
            people,
            template=mail_templates,
            key=lambda person: f"{about}{person.pk}",
            context=lambda person: {"name": person.language, "link": "/"},
            urgent=False,
        )

    with django_capture_on_commit_callbacks(), django_assert_num_queries(5):
        assert tell([anna], "a") == 1
    with django_capture_on_commit_callbacks(), django_assert_num_queries(5):
        assert tell([anna, tom], "b") == 2
    with django_assert_num_queries(3):
        assert tell([anna, tom], "b") == 0
    queued = OutgoingMail.objects.order_by("pk").values_list("recipient", "subject", "urgent")
    one, other = (anna.pk, "Ja, de", False), (tom.pk, "Yes, en", False)
    assert list(queued) == [one, one, other]
