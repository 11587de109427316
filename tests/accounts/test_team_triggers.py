"""Leads and deputies are members, whoever names them."""

import pytest

from accounts.models import Team, TeamMember
from tests.factories import TeamFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_lead_and_deputy_named_at_the_start_are_members():
    lead, deputy = UserFactory(), UserFactory()
    team = TeamFactory(lead=lead, deputy=deputy)
    assert set(team.members.all()) == {lead, deputy}


def test_a_lead_named_past_the_services_joins_once():
    team, lead = TeamFactory(), UserFactory()
    TeamMember.objects.create(team=team, user=lead)
    Team.objects.filter(pk=team.pk).update(lead=lead, deputy=lead)
    assert list(team.members.all()) == [lead]
