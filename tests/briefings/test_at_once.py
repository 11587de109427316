"""Two authors at the same time: nothing lost, nothing mixed, nothing sent twice."""

import pytest

from briefings.models import Briefing, Delivery, InboxItem
from briefings.services.publishing import publish
from briefings.services.writing import save_briefing
from core.concurrency import StaleVersion
from tests.briefings.data import coming, put_out, region_in, staff, written
from tests.campaigns.test_launch import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_authors_publishing_make_one_version():
    region = region_in(coming("AT"))
    staff(region, 2)
    briefing = written(region)
    first, second = at_once(lambda: put_out(briefing), lambda: put_out(briefing))
    assert first == second
    assert briefing.versions.get() == first
    assert Delivery.objects.count() == InboxItem.objects.count() == 2


def test_saving_and_publishing_mix_nothing():
    region = region_in(coming("AT"))
    staff(region, 1)
    briefing = written(region, say="Old", questions=[("Old?", "Old")])
    author, other = region.campaign.owner, Briefing.objects.get(pk=briefing.pk)
    new = {"texts": {"say": "New"}, "questions": [{"question": "New?", "answer": "New"}]}
    saved, published = at_once(
        lambda: save_briefing(briefing=other, by=author, expected=1, **new),
        lambda: publish(briefing=briefing, by=author, expected=1),
    )
    assert saved.version == 2
    assert [one.question for one in briefing.questions.all()] == ["New?"]
    if isinstance(published, StaleVersion):
        assert briefing.versions.count() == 0
    else:
        said = published.content["texts"]["say"], published.content["questions"][0]["question"]
        assert said == ("Old", "Old?")
