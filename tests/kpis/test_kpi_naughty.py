"""Every text field of KPIs and target groups takes the naughty strings and gives them back unharmed."""

import html
import unicodedata

import pytest
from django.contrib import admin

from accounts.enums import Role
from customers.models import TargetGroup
from kpis.forms import KpiForm, TargetForm, target_fields
from tests.campaigns.planning_data import filled_in
from tests.data import naughty_strings
from tests.factories import CampaignFactory, KpiFactory, RegionFactory, UserFactory, manager

pytestmark = pytest.mark.django_db
# For the pages: markup, quotes, template and right-to-left marks, letters of many alphabets.
WORST = "<script>alert(1)</script> <img src=x onerror=alert(2)> '\"; -- {{ x }} \u202eمرحبا 田中 🐵 ṱo͞"


def lines():
    """The strings, in as few lines as the shortest of the fields takes."""
    packed = [""]
    for text in naughty_strings():
        words = " ".join(text.split())[:110].strip()
        if len(packed[-1]) + len(words) > 110:
            packed.append("")
        packed[-1] = f"{packed[-1]} {words}".strip()
    return packed


def has_controls(text):
    return any(unicodedata.category(char) in ("Cc", "Cs") for char in text)


def check(make_form, names):
    """Every string is kept as written, or refused because of a control character that it has."""
    kept = 0
    for text in lines():
        form = make_form(dict.fromkeys(names, text))
        assert form.is_valid() or has_controls(text), (text, form.errors)
        if form.is_valid():
            kept += 1
            assert {form.cleaned_data[name] for name in names} == {text}
    assert kept > 80


def said(page):
    """The worst text stands on the page, escaped."""
    content = page.content.decode()
    assert "<script>alert(1)" not in content
    assert "<img src=x" not in content
    return html.escape(WORST).replace("&#x27;", "&#39;") in content.replace("&#x27;", "&#39;")


def test_definitions(client):
    kpi, names = KpiFactory(), ("name_de", "name_en", "question", "formula")
    rest = {"code": kpi.code, "unit": kpi.unit, "direction": kpi.direction, "active": "on"}
    check(lambda words: KpiForm(rest | words, instance=kpi), names)
    client.force_login(manager())
    assert client.post(f"/kpis/{kpi.pk}/edit/", rest | dict.fromkeys(names, WORST)).status_code == 302
    kpi.refresh_from_db()
    assert {getattr(kpi, name) for name in names} == {WORST}
    assert said(client.get("/kpis/"))
    assert said(client.get(f"/kpis/{kpi.pk}/edit/"))


def test_the_name_of_a_tool(client):
    campaign, kpi = CampaignFactory(in_regions=[RegionFactory()]), KpiFactory(name_de=WORST, name_en=WORST)
    tool = target_fields(kpi, [])["tool"]
    kept = [text for text in lines() if not has_controls(text)]
    assert [tool.clean(text) for text in kept] == kept
    client.force_login(campaign.owner)
    row = {"use": "on", "value": "5", "source": "tool", "supplier": campaign.owner.pk, "tool": WORST}
    data = filled_in(TargetForm(instance=campaign)) | {f"kpi_{kpi.pk}_{key}": row[key] for key in row}
    assert client.post(f"/campaigns/{campaign.pk}/kpis/", data).status_code == 302
    assert campaign.targets.get().tool == WORST
    assert said(client.get(f"/campaigns/{campaign.pk}/kpis/"))


def test_target_groups(client, rf):
    group, names = TargetGroup.objects.create(name_de="Wandernde", name_en="Hikers"), ("name_de", "name_en")
    names = (*names, "insight")
    admin_user = UserFactory(roles=[Role.ADMIN], is_staff=True)
    asked = rf.get("/")
    asked.user = admin_user
    form = admin.site._registry[TargetGroup].get_form(asked)
    check(lambda words: form(words | {"active": "on"}, instance=group), names)
    client.force_login(admin_user)
    url = f"/admin/customers/targetgroup/{group.pk}/change/"
    assert client.post(url, dict.fromkeys(names, WORST) | {"active": "on"}).status_code == 302
    group.refresh_from_db()
    assert {getattr(group, name) for name in names} == {WORST}
    assert said(client.get(url))
    assert said(client.get("/admin/customers/targetgroup/"))
