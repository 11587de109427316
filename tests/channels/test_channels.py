"""Channels: what comes ready, who edits them, who answers where."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.html import escape

from accounts.enums import Role
from channels.icons import ICONS
from channels.models import Channel, ChannelExpert
from channels.reference import CHANNELS, load
from channels.services import name_expert, remove_expert, save_channel
from core.concurrency import StaleVersion
from core.models import AuditEvent
from tests.factories import ChannelFactory, RegionFactory, UserFactory, manager

pytestmark = pytest.mark.django_db


def expert(**kwargs):
    return UserFactory(roles=[Role.EXPERT], **kwargs)


def test_the_usual_channels_come_ready_and_loading_again_changes_nothing():
    Channel.objects.filter(code="tv").update(name_en="Television")
    load()
    assert Channel.objects.count() == len(CHANNELS) == 22
    assert Channel.objects.get(code="tv").name_en == "Television"
    assert set(Channel.objects.values_list("icon", flat=True)) <= set(ICONS)
    facing = Channel.objects.filter(customer_facing=True).values_list("code", flat=True)
    assert set(facing) == {"store", "click-and-collect", "call-centre", "sales-visit"}


def test_a_missing_channel_is_loaded_again():
    Channel.objects.get(code="tv").delete()
    assert (load(), load()) == (1, 0)
    Channel.objects.get(code="tv").full_clean()


def test_experts_of_the_region_come_before_those_for_everywhere():
    channel, region = ChannelFactory(), RegionFactory()
    everywhere = ChannelExpert.objects.create(channel=channel, user=expert())
    here = ChannelExpert.objects.create(channel=channel, user=expert(), region=region)
    ChannelExpert.objects.create(channel=channel, user=expert(), region=RegionFactory())
    ChannelExpert.objects.create(channel=channel, user=expert(is_active=False), region=region)
    assert list(channel.expert_links.answering_in(region)) == [here, everywhere]


def test_an_expert_is_named_once_and_audited():
    channel, boss, user = ChannelFactory(name_en="TV"), manager(), expert()
    link = name_expert(channel=channel, user=user, by=boss)
    assert name_expert(channel=channel, user=user, by=boss) == link
    remove_expert(link=link, by=boss)
    verbs = list(AuditEvent.objects.order_by("id").values_list("verb", flat=True))
    assert verbs == ["expert.named", "expert.removed"]


def test_who_has_left_or_is_no_expert_is_not_named():
    channel = ChannelFactory()
    for user, words in [(expert(is_active=False), "has left"), (UserFactory(), "does not have the role")]:
        with pytest.raises(ValidationError, match=words):
            name_expert(channel=channel, user=user, by=manager())


def test_a_manager_of_a_region_names_experts_there_only():
    own, foreign = RegionFactory(), RegionFactory(name_en="Far away")
    channel, boss, user = ChannelFactory(), UserFactory(roles_in={own: [Role.MANAGER]}), expert()
    name_expert(channel=channel, user=user, region=own, by=boss)
    for region, words in [(foreign, "Far away"), (None, "single regions")]:
        with pytest.raises(ValidationError, match=words):
            name_expert(channel=channel, user=user, region=region, by=boss)
    assert list(ChannelExpert.objects.values_list("region", flat=True)) == [own.pk]


def test_a_marketer_changes_no_channel():
    with pytest.raises(PermissionDenied):
        save_channel(channel=ChannelFactory(), by=UserFactory(roles=[Role.MARKETER]), name_en="Mine")


def test_a_channel_saved_from_an_old_page_is_refused():
    channel, boss = ChannelFactory(), manager()
    save_channel(channel=channel, by=boss, expected=1, name_en="New")
    with pytest.raises(StaleVersion):
        save_channel(channel=Channel.objects.get(pk=channel.pk), by=boss, expected=1, name_en="Newer")
    assert Channel.objects.get(pk=channel.pk).name_en == "New"


@pytest.mark.parametrize("field", ["medium", "direction"])
def test_the_database_refuses_unknown_kinds(field):
    with pytest.raises(IntegrityError), transaction.atomic():
        Channel.objects.filter(pk=ChannelFactory().pk).update(**{field: "other"})


def entries(channel, *rows, **changes):
    data = {
        "name_de": "Kanal",
        "name_en": "Channel",
        "medium": "online",
        "direction": "both",
        "icon": "tv",
        "preview": "post",
        "parts": "text",
        "position": "7",
        "active": "on",
        "version": channel.version if channel else 0,
        "base": "",
        "experts-TOTAL_FORMS": str(len(rows)),
        "experts-INITIAL_FORMS": str(sum("id" in row for row in rows)),
    }
    for number, row in enumerate(rows):
        data |= {f"experts-{number}-{name}": value for name, value in row.items()}
    return data | changes


@pytest.fixture
def boss(client):
    person = manager()
    client.force_login(person)
    return person


def test_a_channel_and_its_experts_are_saved_in_one_step(client, boss):
    channel, region = ChannelFactory(), RegionFactory()
    old, new = expert(), expert()
    link = ChannelExpert.objects.create(channel=channel, user=old)
    rows = [
        {"id": link.pk, "user": old.pk, "region": region.pk},
        {"user": new.pk, "region": ""},
        {"user": "", "region": ""},
    ]
    answer = client.post(reverse("channels:edit", args=[channel.pk]), entries(channel, *rows))
    assert answer.headers["Location"] == channel.get_absolute_url()
    assert set(channel.expert_links.values_list("user", "region")) == {(old.pk, region.pk), (new.pk, None)}
    channel.refresh_from_db()
    assert (channel.name_de, channel.position, channel.version) == ("Kanal", 7, 2)


def test_an_expert_is_removed_and_one_named_in_between_stays(client, boss):
    channel = ChannelFactory()
    link = ChannelExpert.objects.create(channel=channel, user=expert())
    late = ChannelExpert.objects.create(channel=channel, user=expert())
    row = {"id": link.pk, "user": link.user_id, "region": "", "DELETE": "on"}
    assert client.post(reverse("channels:edit", args=[channel.pk]), entries(channel, row)).status_code == 302
    assert list(channel.expert_links.all()) == [late]


def test_an_expert_who_left_is_refused_at_his_row_and_nothing_is_half_written(client, boss):
    channel, gone = ChannelFactory(name_de="Alt"), expert(is_active=False)
    row = {"user": gone.pk, "region": ""}
    page = client.post(reverse("channels:edit", args=[channel.pk]), entries(channel, row))
    assert page.status_code == 200
    assert page.context["experts"].errors == [{"user": ["Please choose a channel expert who is still here."]}]
    channel.refresh_from_db()
    assert channel.name_de == "Alt"


def test_one_expert_twice_is_refused(client, boss):
    channel, user = ChannelFactory(), expert()
    rows = [{"user": user.pk, "region": ""}] * 2
    page = client.post(reverse("channels:edit", args=[channel.pk]), entries(channel, *rows))
    assert page.status_code in (200, 302)
    assert channel.expert_links.count() <= 1


def test_somebody_elses_change_is_shown_and_not_overwritten(client, boss):
    channel = ChannelFactory(name_en="Before")
    url = reverse("channels:edit", args=[channel.pk])
    base = client.get(url).context["form"].initial["base"]
    save_channel(channel=Channel.objects.get(pk=channel.pk), by=manager(), name_en="Theirs")
    page = client.post(url, entries(channel, name_en="Mine", base=base))
    assert page.status_code == 409
    change = next(c for c in page.context["form"].conflict.changes if c.name == "name_en")
    assert (change.theirs, change.yours, change.clash) == ("Theirs", "Mine", True)
    assert Channel.objects.get(pk=channel.pk).name_en == "Theirs"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name_de", "x" * 121),
        ("name_en", ""),
        ("medium", "other"),
        ("icon", "skull"),
        ("position", "-1"),
        ("position", "9" * 30),
        ("code", "With Space"),
        ("code", "tv"),
        ("name_de", "Ka\x07nal"),
    ],
)
def test_a_wrong_entry_is_refused_at_its_place_and_kept(client, boss, field, value):
    load()
    data = entries(None, code="new-one") | {field: value}
    page = client.post(reverse("channels:create"), data)
    assert page.status_code == 200
    assert list(page.context["form"].errors) == [field]
    assert page.context["form"][field].value() == value
    assert not Channel.objects.filter(code="new-one").exists()


@pytest.mark.parametrize(
    "text", ["<img src=x onerror=alert(1)>", "'; DROP TABLE channels_channel; --", "ไม่ 🦄"]
)
def test_naughty_names_are_shown_harmlessly(client, boss, text):
    answer = client.post(reverse("channels:create"), entries(None, code="odd", name_en=text))
    assert answer.status_code == 302
    assert Channel.objects.get(code="odd").name_en == text
    for url in (reverse("channels:list"), answer.headers["Location"]):
        page = client.get(url).content.decode()
        assert escape(text) in page
        assert "<img src=x" not in page


@pytest.mark.parametrize("channels", [1, 3])
def test_the_list_of_channels_asks_the_same_number_of_questions(
    client, boss, django_assert_num_queries, channels
):
    Channel.objects.all().delete()
    for _ in range(channels):
        ChannelExpert.objects.create(channel=ChannelFactory(), user=expert(), region=RegionFactory())
    with django_assert_num_queries(5):
        assert client.get(reverse("channels:list")).status_code == 200


@pytest.mark.parametrize("regions", [1, 3])
def test_a_channel_page_asks_the_same_number_of_questions(client, boss, django_assert_num_queries, regions):
    channel = ChannelFactory()
    for _ in range(regions):
        ChannelExpert.objects.create(channel=channel, user=expert(), region=RegionFactory())
    with django_assert_num_queries(7):
        assert client.get(channel.get_absolute_url()).status_code == 200


@pytest.mark.parametrize("links", [1, 3])
def test_the_form_asks_the_same_number_of_questions(client, boss, django_assert_num_queries, links):
    channel = ChannelFactory()
    for _ in range(links):
        ChannelExpert.objects.create(channel=channel, user=expert(), region=RegionFactory())
    with django_assert_num_queries(7):
        assert client.get(reverse("channels:edit", args=[channel.pk])).status_code == 200
