"""Two people save the same text at the same moment: one is kept, the other keeps his words on the page."""

import threading

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from campaigns.models import ContentVersion
from tests.campaigns.message_data import make_message
from tests.factories import marketer

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(url, posts):
    """Post from several people as close together as possible; the answers in their order."""
    barrier, answers = threading.Barrier(len(posts)), [None] * len(posts)

    def send(place, client, data):
        try:
            barrier.wait(timeout=10)
            answers[place] = client.post(url, data)
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=(place, *post)) for place, post in enumerate(posts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return answers


@pytest.mark.parametrize(("what", "field"), [("core", "claim"), ("variant", "body")])
def test_one_wins_and_the_other_loses_nothing(what, field):
    made = make_message()
    row = made.core if what == "core" else made.variant("DE", channel=made.mail)
    extra = [row.pk] if what == "variant" else []
    url = reverse(f"campaigns:{what}_edit", args=[made.campaign.pk, *extra])
    posts = []
    for person, words in ((made.owner, "Von der einen"), (marketer(), "Von dem anderen")):
        client = Client()
        client.force_login(person)
        form = client.get(url).context["form"]
        data = {bound.html_name: bound.value() or "" for bound in form}
        posts.append((client, data | {field: words}))
    answers = at_once(url, posts)
    assert sorted(answer.status_code for answer in answers) == [302, 409]
    lost = next(place for place, answer in enumerate(answers) if answer.status_code == 409)
    mine, theirs = posts[lost][1][field], posts[1 - lost][1][field]
    row.refresh_from_db()
    assert (getattr(row, field), row.version) == (theirs, 2)
    kept = ContentVersion.objects.get(kind=what, object_id=row.pk)
    assert kept.content[field] == theirs
    assert answers[lost].context["form"][field].value() == mine
    assert theirs in answers[lost].content.decode()
