"""Inboxes follow the teams, whoever changes them: services at once, everything else by beat (serves B2)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.enums import Audience
from accounts.models import Team, TeamMember, User
from accounts.services import add_member, remove_member
from briefings.models import InboxItem
from briefings.services.confirming import confirm
from briefings.services.keeping import keep_all
from campaigns.enums import Running
from campaigns.models import Campaign
from tests.briefings.data import coming, confirmed_by, leave, put_out, region_in, rewrite, staff, written
from tests.factories import UserFactory, manager
from tests.factories.lifecycle import run_region

pytestmark = pytest.mark.django_db


def mail(version, person):
    return version.deliveries.get(user=person).state


def titles(person):
    return list(InboxItem.objects.of(person).values_list("version__number", flat=True))


def test_a_newcomer_gets_what_is_in_force(region):
    team, _people = staff(region, 1)
    version = put_out(written(region))
    new = UserFactory()
    TeamMember.objects.create(team=team, user=new)
    assert keep_all() == 1
    assert titles(new) == [1]
    assert mail(version, new) == "queued"
    assert keep_all() == 0


def test_the_service_of_teams_tells_at_once(region):
    team, (anna,) = staff(region, 1)
    version = put_out(written(region))
    new, boss = UserFactory(roles=["staff"]), manager()
    add_member(team=team, user=new, by=boss)
    assert mail(version, new) == "queued"
    remove_member(team=team, user=anna, by=boss)
    assert titles(anna) == []
    assert mail(version, anna) == "withheld"


def test_what_a_worker_withheld_while_the_person_was_coming_back_is_found_by_beat(region):
    _team, (anna,) = staff(region, 1)
    version = put_out(written(region))
    # The fence asked before the return was committed, and withheld after the return had looked.
    version.deliveries.update(state="withheld")
    assert keep_all() == 1
    assert mail(version, anna) == "queued"
    assert keep_all() == 0


def test_a_leaver_gets_nothing_more_and_comes_back(region):
    team, (anna, _ben) = staff(region, 2)
    version = put_out(written(region))
    leave(team, anna)
    assert keep_all() == 1
    assert (titles(anna), mail(version, anna)) == ([], "withheld")
    TeamMember.objects.create(team=team, user=anna)
    assert keep_all() == 1
    assert (titles(anna), mail(version, anna)) == ([1], "queued")


def test_who_comes_back_having_confirmed_gets_no_mail(region):
    team, (anna,) = staff(region, 1)
    version = put_out(written(region))
    leave(team, anna)
    keep_all()
    TeamMember.objects.create(team=team, user=anna)
    InboxItem.objects.update(withdrawn=False)
    confirm(version=version, user=anna)
    InboxItem.objects.update(withdrawn=True)
    keep_all()
    assert mail(version, anna) == "withheld"


@pytest.mark.parametrize(
    "change",
    [
        lambda team, anna: User.objects.filter(pk=anna.pk).update(is_active=False),
        lambda team, anna: Team.objects.filter(pk=team.pk).update(active=False),
        lambda team, anna: Team.objects.filter(pk=team.pk).update(audience=Audience.SALES),
        lambda team, anna: team.regions.clear(),
    ],
    ids=["left the company", "team closed", "other audience", "other regions"],
)
def test_every_way_to_lose_the_right(region, change):
    team, (anna,) = staff(region, 1)
    version = put_out(written(region))
    change(team, anna)
    assert keep_all() == 1
    assert (titles(anna), mail(version, anna)) == ([], "withheld")


def test_a_person_in_two_serving_teams_stays_when_leaving_one(region):
    team, (anna,) = staff(region, 1)
    other, _people = staff(region, 0)
    TeamMember.objects.create(team=other, user=anna)
    put_out(written(region))
    leave(team, anna)
    assert keep_all() == 0
    assert titles(anna) == [1]


def test_a_changed_language_moves_the_person(region):
    _team, (anna, ben) = staff(region, 2, language="de")
    german = put_out(written(region, language="de"))
    User.objects.filter(pk=ben.pk).update(language="en")
    english = put_out(written(region, language="en"))
    User.objects.filter(pk=anna.pk).update(language="en")
    assert keep_all() == 2
    assert InboxItem.objects.of(anna).get().version == english
    assert mail(german, anna) == "withheld"


@pytest.mark.parametrize("over", ["cancelled", "finished"])
def test_what_is_over_is_handed_to_nobody(region, over):
    team, _people = staff(region, 1)
    put_out(written(region))
    if over == "cancelled":
        Campaign.objects.filter(pk=region.campaign_id).update(state="cancelled")
    else:
        run_region(region, running=Running.FINISHED)
    TeamMember.objects.create(team=team, user=UserFactory())
    assert keep_all() == 0


def test_a_newcomer_gets_only_the_current_version(region):
    team, (anna,) = staff(region, 1)
    briefing = written(region)
    confirmed_by(put_out(briefing), anna)
    rewrite(briefing, say="Else")
    put_out(briefing)
    new = UserFactory()
    TeamMember.objects.create(team=team, user=new)
    keep_all()
    assert titles(new) == [2]


@pytest.mark.parametrize("number", [1, 4])
def test_three_queries_find_that_nothing_differs(region, number):
    for code in ["AT", "CH", "DE", "UK"][:number]:
        here = region_in(coming(code), code)
        staff(here, 2)
        put_out(written(here, language=here.region.language))
    with CaptureQueriesContext(connection) as queries:
        assert keep_all() == 0
    assert len(queries) == 3
