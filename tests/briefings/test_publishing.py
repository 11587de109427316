"""Publishing: from the release only, to everybody entitled, asking again only where it must (B1, B2)."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.enums import Audience
from briefings.errors import NotPublishable
from briefings.models import Briefing, BriefingVersion, Delivery, InboxItem
from briefings.services.difference import compare
from campaigns.enums import Running
from campaigns.models import Campaign
from core.concurrency import StaleVersion
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
from tests.factories import UserFactory
from tests.factories.lifecycle import draft, fix_release, run_region

EUR_159 = "159\N{NO-BREAK SPACE}€"
pytestmark = pytest.mark.django_db


@pytest.fixture
def region():
    return region_in(coming("AT", "CH"))


def states(version):
    return dict(version.deliveries.values_list("user", "state"))


def test_everybody_entitled_gets_a_row_in_the_inbox_and_a_mail(region):
    _team, people = staff(region, 2)
    staff(region, 1, Audience.SALES)
    staff(region_in(region.campaign, "CH"), 1)
    version = put_out(written(region))
    assert set(version.inbox_items.values_list("user", flat=True)) == {one.pk for one in people}
    assert states(version) == {one.pk: "queued" for one in people}
    assert (version.number, version.asks_from, version.release_id) == (1, 1, region.campaign.release_id)
    assert (
        version.content["texts"]["offer"]
        == "The jacket for 159\N{NO-BREAK SPACE}€, worn returns within 60 days"
    )
    assert version.content["channels"][0]["headline"] == f"For {EUR_159}"
    assert version.content["period"] == {"starts_on": "2026-09-21", "ends_on": "2026-10-31"}
    event = AuditEvent.objects.get(verb="briefing.published")
    assert (event.data["people"], event.data["region"]) == (2, "AT")


def test_it_is_published_from_a_release_only():
    region = region_in(draft("AT"))
    staff(region)
    with pytest.raises(NotPublishable, match="approved release"):
        put_out(written(region))
    assert BriefingVersion.objects.count() == 0


@pytest.mark.parametrize(
    ("texts", "field"),
    [
        ({"offer": "  "}, "offer"),
        ({"title": ""}, "title"),
        ({"say": "For {{prize}}"}, "say"),
        ({"title": "{{nothing}}"}, "title"),
    ],
)
def test_what_is_missing_is_said_at_its_field(region, texts, field):
    staff(region)
    with pytest.raises(NotPublishable) as refused:
        put_out(written(region, **texts))
    assert refused.value.field == field
    assert InboxItem.objects.count() == Delivery.objects.count() == 0


def test_an_unknown_token_in_a_question_is_found(region):
    staff(region)
    with pytest.raises(NotPublishable) as refused:
        put_out(written(region, questions=[("Why {{prize}}?", "So")]))
    assert refused.value.field == "questions"


def test_an_audience_with_nobody_is_refused(region):
    with pytest.raises(NotPublishable, match="No team serves"):
        put_out(written(region))


def test_a_region_that_the_release_does_not_reach(region):
    other = region_in(region.campaign, "CH")
    staff(other)
    release = region.campaign.release
    kept = [one for one in release.content["regions"] if one["code"] == "AT"]
    release.content["regions"] = kept
    briefing = written(other)
    from briefings.services.publishing import publishable

    briefing.campaign.release = release
    with pytest.raises(NotPublishable, match="does not reach"):
        publishable(briefing, briefing.campaign)


@pytest.mark.parametrize("change", [{"state": "cancelled"}])
def test_nobody_is_briefed_of_a_closed_campaign(region, change):
    staff(region)
    Campaign.objects.filter(pk=region.campaign_id).update(**change)
    with pytest.raises(NotPublishable, match="over here"):
        put_out(written(region))


def test_nobody_is_briefed_of_a_finished_region(region):
    staff(region)
    briefing = written(region)
    run_region(region, running=Running.FINISHED)
    with pytest.raises(NotPublishable, match="over here"):
        put_out(briefing)


def test_the_same_content_twice_is_the_same_version(region):
    staff(region)
    briefing = written(region)
    assert put_out(briefing) == put_out(briefing)
    assert BriefingVersion.objects.count() == 1


def test_two_authors_publish_at_once_and_one_wins(region):
    staff(region)
    briefing = written(region)
    from briefings.services.publishing import publish
    from briefings.services.writing import save_briefing

    first, second = (Briefing.objects.get(pk=briefing.pk) for _ in range(2))
    save_briefing(briefing=first, by=region.campaign.owner, expected=1, texts={"say": "New"}, questions=[])
    with pytest.raises(StaleVersion) as stale:
        publish(briefing=second, by=region.campaign.owner, expected=1)
    assert stale.value.current.say == "New"
    assert BriefingVersion.objects.count() == 0


def test_a_published_version_cannot_be_changed(region):
    staff(region)
    version = put_out(written(region))
    with pytest.raises(IntegrityError), transaction.atomic():
        BriefingVersion.objects.filter(pk=version.pk).update(change_note="x")


def test_a_new_price_asks_everybody_again_whatever_the_author_says(region):
    _team, (anna, ben) = staff(region, 2)
    briefing = written(region)
    first = put_out(briefing)
    confirmed_by(first, anna)
    set_price(region.campaign, "149.00")
    fix_release(region.campaign)
    second = put_out(briefing, ask_again=False)
    assert (second.number, second.asks_from) == (2, 2)
    assert states(second) == {anna.pk: "queued", ben.pk: "queued"}
    assert states(first) == {anna.pk: "cancelled", ben.pk: "cancelled"}


def test_a_typing_error_asks_only_who_has_not_confirmed(region):
    _team, (anna, ben) = staff(region, 2)
    briefing = written(region)
    first = put_out(briefing)
    confirmed_by(first, anna)
    rewrite(briefing, say="- Only {{price}}\n- Sixty days to return")
    second = put_out(briefing, ask_again=False)
    assert (second.number, second.asks_from) == (2, 1)
    assert states(second) == {ben.pk: "queued"}
    assert InboxItem.objects.of(anna).get().version == second
    assert list(InboxItem.objects.of(anna).unconfirmed()) == []
    assert list(InboxItem.objects.of(ben).unconfirmed().values_list("version", flat=True)) == [second.pk]


def test_other_words_ask_again_if_the_author_says_so(region):
    _team, (anna,) = staff(region, 1)
    briefing = written(region)
    confirmed_by(put_out(briefing), anna)
    rewrite(briefing, say="Something else")
    second = put_out(briefing, ask_again=True, change_note="They asked")
    assert (second.asks_from, second.change_note) == (2, "They asked")
    assert states(second) == {anna.pk: "queued"}


def test_the_same_words_from_a_newer_release_ask_nobody(region):
    _team, (anna,) = staff(region, 1)
    briefing = written(region)
    confirmed_by(put_out(briefing), anna)
    release = fix_release(region.campaign)
    second = put_out(briefing, ask_again=False)
    assert (second.release_id, second.asks_from) == (release.pk, 1)
    assert states(second) == {}


def test_a_mail_in_hand_is_left_to_the_engine(region):
    _team, (anna,) = staff(region, 1)
    briefing = written(region)
    first = put_out(briefing)
    bring(first.deliveries, "failed")
    rewrite(briefing, say="Else")
    put_out(briefing)
    assert states(first) == {anna.pk: "failed"}


def test_one_language_per_person(region):
    _team, (anna,) = staff(region, 1, language="de")
    _team, (ben,) = staff(region, 1, language="en")
    german = written(region, language="de")
    put_out(german)
    assert InboxItem.objects.of(ben).count() == 1
    english = put_out(written(region, language="en", title="English"))
    assert InboxItem.objects.of(ben).get().version == english
    assert InboxItem.objects.of(anna).get().version == german.versions.get()
    assert states(german.versions.get()) == {anna.pk: "queued", ben.pk: "withheld"}
    assert states(english) == {ben.pk: "queued"}


def test_who_confirmed_in_one_language_is_not_asked_in_another(region):
    _team, (ben,) = staff(region, 1, language="en")
    confirmed_by(put_out(written(region, language="de")), ben)
    english = put_out(written(region, language="en"))
    assert states(english) == {}
    assert list(InboxItem.objects.of(ben).unconfirmed()) == []


def test_a_language_that_nobody_reads_is_refused(region):
    staff(region, 1, language="de")
    put_out(written(region, language="de"))
    with pytest.raises(NotPublishable, match="in another language"):
        put_out(written(region, language="en"))


def test_people_who_left_get_nothing(region):
    _team, (anna, _ben) = staff(region, 2)
    anna.is_active = False
    anna.save()
    assert set(put_out(written(region)).inbox_items.values_list("user", flat=True)) == {_ben.pk}


def test_what_changed_is_named_in_reading_order(region):
    staff(region)
    briefing = written(region, questions=[("Too big?", "Send it back")])
    first = put_out(briefing)
    set_price(region.campaign, "149.00")
    fix_release(region.campaign)
    briefing.questions.update(answer="Bring it **back**")
    second = put_out(briefing)
    changes = compare(first.content, second.content)
    assert [(one.key, one.new) for one in changes] == [
        ("offer", "The jacket for 149\N{NO-BREAK SPACE}€, worn returns within 60 days"),
        ("fact.price", "149\N{NO-BREAK SPACE}€"),
        ("say", "- Only 149\N{NO-BREAK SPACE}€\n- Sixty days to return it"),
        ("question.Too big?", "Bring it back"),
        ("channel.email", "For 149\N{NO-BREAK SPACE}€\nNow"),
    ]


def test_ten_thousand_people_get_one_row_each_in_few_statements(region):
    from accounts.models import TeamMember, User

    team, _people = staff(region, 1)
    made = User.objects.bulk_create(
        [User(email=f"n{n}@firm.example", first_name="N", last_name=str(n)) for n in range(9_999)]
    )
    TeamMember.objects.bulk_create([TeamMember(team=team, user=user) for user in made])
    briefing = written(region)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        version = put_out(briefing)
    assert version.inbox_items.count() == version.deliveries.count() == 10_000
    inserts = [q for q in queries.captured_queries if q["sql"].startswith("INSERT")]
    # Rows go in batches of what one statement can hold, never one by one.
    assert len(inserts) < 260
    assert len(queries) - len(inserts) < 40


def test_texts_that_people_paste_come_back_unharmed(region):
    staff(region)
    hostile = "<script>alert(1)</script> {{price}} \u202etfel\u202c \U0001f600 {{{{price}}}} %s %(x)s"
    version = put_out(written(region, say=hostile))
    assert version.content["texts"]["say"].startswith("<script>alert(1)</script> 159")
    assert TEXTS["title"] == version.content["title"]


def test_a_briefing_that_reaches_nobody_says_what_is_missing(client, region):
    briefing = written(region)
    client.force_login(region.campaign.owner)
    address = reverse("briefings:publish", args=[briefing.pk])

    def refused():
        shown = client.get(address)
        assert shown.context["people"] == []
        posted = client.post(address, {"version": briefing.version, "seal": ""})
        assert posted.status_code == 422
        assert str(posted.context["refused"]) == str(shown.context["refused"])
        return str(shown.context["refused"])

    assert refused() == "No team serves this audience in this region. Please name one first."
    team, (anna,) = staff(region, 1)
    type(anna).objects.filter(pk=anna.pk).update(is_active=False)
    assert refused() == f"Nobody is left in {team.name}. Please add people, or name another team."
    # Who leads it is briefed, whether he is a member of it or not.
    team.lead = UserFactory()
    team.save()
    shown = client.get(address).context
    assert (shown["refused"], shown["teams"]) == (None, [(team, 1)])
