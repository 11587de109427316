"""Target groups on their pages: written, read, merged, and safe with whatever people type."""

import pytest
from django.utils import translation

from accounts.enums import Role
from channels.models import JourneyPhase
from core.models import AuditEvent
from customers.models import ChannelUse, Interest, TargetGroup
from customers.times import times_in_words
from tests.campaigns.planning_data import filled_in
from tests.factories import (
    CampaignFactory,
    ChannelFactory,
    PhaseFactory,
    TargetGroupFactory,
    UserFactory,
    marketer,
)
from tests.kpis.test_kpi_naughty import WORST, check, said

pytestmark = [pytest.mark.django_db, pytest.mark.once]
TEXTS = ("insight", "looks_for_de", "looks_for_en", "meets_de", "meets_en", "decides_de", "decides_en")


@pytest.fixture
def signed(client):
    client.force_login(marketer())
    return client


def form_of(response):
    return filled_in(response.context["form"])


def shown_again(response):
    """What a browser sends for a form that came back."""
    return dict(response.context["form"].data.lists())


def test_a_group_is_described(signed):
    data = form_of(signed.get("/target-groups/new/")) | {
        "name_de": "Pendler",
        "name_en": "Commuters",
        "looks_for_en": "Time",
        "interest_de": "Unterwegs",
        "interest_en": "On the way",
        "times": ["0-evening", "1-evening", "2-evening", "5-morning"],
        "decision_style": "quick",
        "age_from": "18",
        "age_to": "65",
        "relations": ["new"],
    }
    answer = signed.post("/target-groups/new/", data)
    group = TargetGroup.objects.get()
    assert answer.url == f"/target-groups/{group.pk}/"
    assert (group.times, group.relations) == (["0-evening", "1-evening", "2-evening", "5-morning"], ["new"])
    assert [str(one) for one in group.interests.all()] == ["On the way"]
    assert times_in_words(group.times) == ["Saturday: morning (6–10)", "Monday to Wednesday: evening (18–22)"]
    page = signed.get(answer.url).content.decode()
    for words in ("decides quickly", "One clear offer and one step to it", "18 to 65", "not customers yet"):
        assert words in page
    with translation.override("de"):
        assert (str(group), group.looks_for, group.looks_for_language) == ("Pendler", "Time", "en")


def test_what_is_wrong_stands_at_its_field_and_nothing_is_lost(signed):
    sent = {"name_de": "x", "name_en": "x", "version": "0", "age_from": "40", "age_to": "30"}
    answer = signed.post("/target-groups/new/", sent | {"interest_de": "Garten", "times": ["9-noon"]})
    errors = answer.context["form"].errors
    assert errors["age_to"] == ["The second age lies before the first."]
    assert errors["interest_en"] == ["Please name the theme in both languages."]
    assert set(errors) == {"age_to", "interest_en", "times"}
    assert 'value="Garten"' in answer.content.decode()
    too_old = signed.post("/target-groups/new/", sent | {"age_to": "121"}).context["form"].errors
    assert set(too_old) == {"age_to"}
    assert not TargetGroup.objects.exists()


def test_a_theme_is_kept_once(signed):
    Interest.objects.create(name_de="Wandern", name_en="Hiking")
    group = TargetGroupFactory()
    data = form_of(signed.get(f"/target-groups/{group.pk}/edit/"))
    signed.post(f"/target-groups/{group.pk}/edit/", data | {"interest_de": "Wandern", "interest_en": "Walks"})
    assert [one.name_en for one in group.interests.all()] == ["Hiking"]


def test_two_people_are_told_and_merged(signed):
    group = TargetGroupFactory(insight="Before")
    address = f"/target-groups/{group.pk}/edit/"
    data = form_of(signed.get(address))
    TargetGroup.objects.filter(pk=group.pk).update(version=2, insight="Theirs", times=["0-night"])
    answer = signed.post(address, data | {"insight": "Mine", "looks_for_de": "Ruhe"})
    conflict = answer.context["form"].conflict
    assert answer.status_code == 409
    assert {(one.name, one.clash) for one in conflict.changes} == {("insight", True), ("times", False)}
    merged = signed.post(address, shown_again(answer) | {"insight": "Both"})
    assert merged.status_code == 302
    group.refresh_from_db()
    assert (group.insight, group.looks_for_de, group.times) == ("Both", "Ruhe", ["0-night"])


def test_use_of_channels_is_said_and_merged(signed):
    JourneyPhase.objects.all().delete()
    group, shop, mail = TargetGroupFactory(), ChannelFactory(), ChannelFactory()
    ChannelFactory(active=False)
    first, second = PhaseFactory(position=1), PhaseFactory(position=2)
    ChannelUse.objects.create(group=group, channel=shop, phase=first, level=3)
    address = f"/target-groups/{group.pk}/channels/"
    page = signed.get(address)
    data = form_of(page)
    assert data[f"use_{shop.pk}_{first.pk}"] == "3"
    sent = {f"use_{shop.pk}_{first.pk}": "", f"use_{mail.pk}_{second.pk}": "2"}
    assert signed.post(address, data | sent).status_code == 302
    assert list(group.uses.values_list("channel", "phase", "level")) == [(mail.pk, second.pk, 2)]
    event = AuditEvent.objects.get(verb="group.use_changed")
    assert set(event.data["channels"].split(", ")) == {str(shop), str(mail)}
    late = signed.post(address, data | {f"use_{shop.pk}_{second.pk}": "1"})
    assert late.status_code == 409
    assert signed.post(address, shown_again(late)).status_code == 302
    assert set(group.uses.values_list("channel", "phase", "level")) == {
        (mail.pk, second.pk, 2),
        (shop.pk, second.pk, 1),
    }
    wrong = signed.post(address, form_of(signed.get(address)) | {f"use_{shop.pk}_{first.pk}": "7"})
    assert list(wrong.context["form"].errors) == [f"use_{shop.pk}_{first.pk}"]


def test_hostile_words_stay_words(signed):
    group = TargetGroupFactory()
    address = f"/target-groups/{group.pk}/edit/"
    form = signed.get(address).context["form"]
    check(lambda words: type(form)(filled_in(form) | words, instance=group), (*TEXTS, "name_de", "name_en"))
    data = filled_in(form) | dict.fromkeys((*TEXTS, "name_de", "name_en"), WORST)
    data |= {"interest_de": WORST, "interest_en": WORST}
    assert signed.post(address, data).status_code == 302
    for page in ("", f"{group.pk}/", f"{group.pk}/edit/", f"{group.pk}/channels/"):
        assert said(signed.get(f"/target-groups/{page}"))
    TargetGroupFactory(name_de=WORST, name_en=WORST)
    assert said(signed.get("/target-groups/overlap/"))


def test_who_reads_and_who_writes(client):
    group = TargetGroupFactory()
    client.force_login(UserFactory(roles=[Role.REVIEWER]))
    assert client.get(f"/target-groups/{group.pk}/").status_code == 200
    assert "/edit/" not in client.get(f"/target-groups/{group.pk}/").content.decode()
    client.force_login(UserFactory(roles=[Role.STAFF]))
    assert client.get("/target-groups/").status_code == 404


def test_a_group_out_of_use_keeps_its_campaigns(signed):
    group = TargetGroupFactory()
    campaign = CampaignFactory(name="Spring")
    campaign.target_groups.add(group)
    data = form_of(signed.get(f"/target-groups/{group.pk}/edit/"))
    data.pop("active")
    signed.post(f"/target-groups/{group.pk}/edit/", data)
    assert not TargetGroup.objects.get().active
    page = signed.get(f"/target-groups/{group.pk}/").content.decode()
    assert "Spring" in page
    assert "not active" in page


@pytest.mark.parametrize("groups", [1, 3])
def test_as_many_queries_for_many_groups(signed, groups, django_assert_num_queries):
    made = [TargetGroupFactory(age_from=20) for _ in range(groups)]
    for group in made:
        for name in (f"{group}a", f"{group}b"):
            group.interests.add(Interest.objects.create(name_de=name, name_en=name))
        for channel in (ChannelFactory(), ChannelFactory()):
            ChannelUse.objects.create(group=group, channel=channel, phase=PhaseFactory(), level=2)
    signed.get("/target-groups/")
    with django_assert_num_queries(6):
        signed.get("/target-groups/")
    with django_assert_num_queries(8):
        signed.get("/target-groups/overlap/")
    with django_assert_num_queries(15):
        signed.get(f"/target-groups/{made[0].pk}/")
    with django_assert_num_queries(9):
        signed.get(f"/target-groups/{made[0].pk}/channels/")
