"""Links for people outside: who makes them, what they show, when they stop."""

from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.enums import Role
from accounts.models import RoleGrant
from campaigns.enums import LinkState
from campaigns.models import Campaign, SavedView, ShareLink
from campaigns.services import share_links as service
from core.models import AuditEvent
from tests.factories import CampaignFactory, RegionFactory, UserFactory, manager, marketer

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 9, 1, 21, 30, tzinfo=UTC)
TODAY = date(2026, 9, 1)


@pytest.fixture
def campaign():
    return CampaignFactory(name="Outdoors", in_regions=[RegionFactory(code="DE")])


def plan_link(campaign, *, by=None, until=TODAY + timedelta(14), label="Agency North", parts=("message",)):
    return service.share_plan(
        campaign=campaign, by=by or campaign.owner, label=label, until=until, parts=parts
    )


@time_machine.travel(NOW, tick=False)
def test_a_link_keeps_a_hash_ends_with_its_day_and_is_in_the_log(campaign):
    campaign.owner.timezone = "Europe/Berlin"
    link, token = plan_link(campaign, label="  Agency North ", parts=["message", "schedule"])
    assert len(token) >= 43
    assert link.token_hash == sha256(token.encode()).hexdigest()
    assert link.expires_at == datetime(2026, 9, 15, 22, 0, tzinfo=UTC)
    assert (link.label, link.parts, link.openings) == ("Agency North", ["schedule", "message"], 0)
    event = AuditEvent.objects.get(verb="link.made")
    assert event.data == {"label": "Agency North", "until": "2026-09-15"}
    assert event.scope == f"campaigns.campaign:{campaign.pk}"
    assert service.find(token) == link
    assert service.find(token[:-1]) is None
    assert service.find("") is None


@time_machine.travel(NOW, tick=False)
def test_what_a_form_says_wrongly_is_refused_at_its_field(campaign):
    # It is the second of September already where she sits.
    campaign.owner.timezone = "Asia/Tokyo"
    for until in (TODAY, TODAY + timedelta(days=92)):
        with pytest.raises(ValidationError) as refused:
            plan_link(campaign, until=until)
        assert list(refused.value.message_dict) == ["until"]
    for wrong in ([], ["message", "nonsense"]):
        with pytest.raises(ValidationError) as refused:
            plan_link(campaign, parts=wrong)
        assert list(refused.value.message_dict) == ["parts"]
    with pytest.raises(ValidationError) as refused:
        plan_link(campaign, label=" ")
    assert list(refused.value.message_dict) == ["label"]
    for until in (TODAY + timedelta(days=1), TODAY + timedelta(days=91)):
        plan_link(campaign, until=until)
    assert ShareLink.objects.count() == 2


def test_owner_and_managers_of_all_regions_make_links_of_plans(campaign, monkeypatch):
    region = campaign.regions.get().region
    day = timezone.localdate() + timedelta(days=3)
    other = RegionFactory(code="AT")
    outsiders = [
        marketer(),
        UserFactory(roles=[Role.ADMIN]),
        UserFactory(roles_in={other: [Role.MANAGER]}),
        UserFactory(),
    ]
    for person in outsiders:
        with pytest.raises(PermissionDenied):
            plan_link(campaign, by=person, until=day)
    for person in (campaign.owner, manager(), UserFactory(roles_in={region: [Role.MANAGER]})):
        link, _token = plan_link(campaign, by=person, until=day)
        assert link.by == person
    monkeypatch.setattr(service, "MOST_OPEN", 3)
    with pytest.raises(ValidationError, match="At most 3 links"):
        plan_link(campaign, until=day)


def test_it_opens_until_it_expires_is_revoked_or_its_maker_may_no_longer(campaign, django_assert_num_queries):
    with time_machine.travel(NOW, tick=False):
        link, token = plan_link(campaign)
        maker = manager()
        theirs, secret = plan_link(campaign, by=maker)
        assert service.opens(service.find(token))
    with time_machine.travel(link.expires_at - timedelta(seconds=1), tick=False):
        assert service.opens(service.find(token))
    with time_machine.travel(link.expires_at, tick=False):
        assert not service.opens(service.find(token))
        assert service.find(token).state == LinkState.EXPIRED
    with time_machine.travel(NOW, tick=False):
        RoleGrant.objects.filter(user=maker).delete()
        assert not service.opens(service.find(secret))
        RoleGrant.objects.filter(user=campaign.owner).delete()
        assert not service.opens(service.find(token))
        RoleGrant.objects.create(user=campaign.owner, role=Role.MARKETER)
        assert service.opens(service.find(token))
        Campaign.objects.filter(pk=campaign.pk).update(owner=marketer())
        assert not service.opens(service.find(token))
        Campaign.objects.filter(pk=campaign.pk).update(owner=link.by)
        assert service.revoke(link=theirs, by=campaign.owner) is True
        assert service.revoke(link=theirs, by=campaign.owner) is False
        type(maker).objects.filter(pk=link.by_id).update(is_active=False)
        assert not service.opens(service.find(token))
        rows = ShareLink.objects.select_related("by", "campaign").prefetch_related("campaign__regions")
        with django_assert_num_queries(3):
            states = {row.pk: state for row, state in service.with_states(rows)}
        assert states == {link.pk: LinkState.RESTING, theirs.pk: LinkState.REVOKED}
        assert [one.data for one in AuditEvent.objects.filter(verb="link.revoked")] == [
            {"label": "Agency North"}
        ]


def test_views_are_shared_by_whom_they_belong_to_while_he_plans(campaign):
    day = timezone.localdate() + timedelta(days=3)
    view = SavedView.objects.create(owner=campaign.owner, name="All", page="timeline", shared=True)
    link, token = service.share_view(view=view, by=campaign.owner, label="Printer", until=day)
    assert service.opens(service.find(token))
    with pytest.raises(PermissionDenied):
        service.share_view(view=view, by=marketer(), label="Printer", until=day)
    with pytest.raises(PermissionDenied):
        service.revoke(link=link, by=marketer())
    RoleGrant.objects.filter(user=campaign.owner).update(role=Role.EXPERT)
    assert not service.opens(service.find(token))
    assert service.revoke(link=link, by=UserFactory(roles=[Role.ADMIN])) is True
    view.delete()
    assert service.find(token) is None


def test_a_link_shows_one_thing_and_has_an_end(campaign):
    later = timezone.now() + timedelta(days=1)
    view = SavedView.objects.create(owner=campaign.owner, name="All", page="timeline")
    whole = {"token_hash": "a", "by": campaign.owner, "label": "x", "expires_at": later, "campaign": campaign}
    earlier = timezone.now() - timedelta(days=1)
    for wrong in ({"campaign": None}, {"view": view}, {"label": ""}, {"expires_at": earlier}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ShareLink.objects.create(**whole | wrong)
    ShareLink.objects.create(**whole)


def test_admins_find_every_link_and_revoke_many_at_once(client, campaign):
    day = timezone.localdate() + timedelta(days=3)
    links = [plan_link(campaign, until=day, label=label)[0] for label in ("North", "South")]
    boss = UserFactory(roles=[Role.ADMIN], is_staff=True)
    client.force_login(boss)
    url = "/admin/campaigns/sharelink/"
    listed = client.get(f"{url}?open=yes&q=North").text
    assert "North" in listed
    assert "South" not in listed
    page = client.get(f"{url}{links[0].pk}/change/").text
    assert links[0].token_hash not in page
    chosen = {"action": "revoke_chosen", "_selected_action": [link.pk for link in links]}
    assert "Revoked links: 2" in client.post(url, chosen, follow=True).text
    assert [link.revoked_by for link in ShareLink.objects.all()] == [boss, boss]
    assert "North" in client.get(f"{url}?open=no").text
