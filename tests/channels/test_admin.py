"""Channels and target groups in Django's admin."""

import pytest
from django.urls import reverse

from accounts.enums import Role
from channels.models import Channel
from core.models import AuditEvent
from customers.models import TargetGroup
from tests.factories import ChannelFactory, RegionFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture(autouse=True)
def boss(client):
    person = UserFactory(roles=[Role.ADMIN], is_staff=True)
    client.force_login(person)
    return person


def entries(channel, **changes):
    return {
        "name_de": "Kanal",
        "name_en": "Channel",
        "medium": "online",
        "direction": "both",
        "icon": "tv",
        "preview": "post",
        "parts": "text",
        "position": "7",
        "active": "on",
        "seen_version": channel.version,
        "expert_links-TOTAL_FORMS": "0",
        "expert_links-INITIAL_FORMS": "0",
    } | changes


def test_a_channel_and_its_experts_are_saved_through_the_services(client):
    channel, user = ChannelFactory(), UserFactory(roles=[Role.EXPERT])
    url = reverse("admin:channels_channel_change", args=[channel.pk])
    row = {
        "expert_links-TOTAL_FORMS": "1",
        "expert_links-0-channel": channel.pk,
        "expert_links-0-user": user.pk,
        "expert_links-0-region": "",
    }
    assert client.post(url, entries(channel, **row)).status_code == 302
    assert list(channel.experts.all()) == [user]
    verbs = list(AuditEvent.objects.order_by("id").values_list("verb", flat=True))
    assert verbs == ["channel.changed", "expert.named"]
    late = client.post(url, entries(channel, name_en="Late"))
    assert "Nothing was saved" in late.content.decode()
    assert Channel.objects.get(pk=channel.pk).name_en == "Channel"


def test_somebody_who_is_no_expert_is_refused_in_the_form(client):
    channel, user = ChannelFactory(name_en="Before"), UserFactory()
    row = {
        "expert_links-TOTAL_FORMS": "1",
        "expert_links-0-channel": channel.pk,
        "expert_links-0-user": user.pk,
    }
    page = client.post(reverse("admin:channels_channel_change", args=[channel.pk]), entries(channel, **row))
    assert page.status_code == 200
    assert "does not have the role" in page.content.decode()
    assert Channel.objects.get(pk=channel.pk).name_en == "Before"


def test_a_target_group_is_saved_and_audited(client):
    region = RegionFactory()
    data = {"name_de": "Familien", "name_en": "Families", "insight": "", "active": "on"}
    data |= {"regions": [region.pk], "times": ["5-morning"], "life": ["couples"]}
    assert client.post(reverse("admin:customers_targetgroup_add"), data).status_code == 302
    group = TargetGroup.objects.get()
    assert (group.name_de, group.times, group.life) == ("Familien", ["5-morning"], ["couples"])
    assert list(group.regions.all()) == [region]
    assert AuditEvent.objects.get().verb == "group.created"
