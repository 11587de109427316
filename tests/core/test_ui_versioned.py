"""Two people save one record: nothing is lost or overwritten, one is asked only where both wrote."""

from datetime import date

import pytest
from django import forms
from django.http import QueryDict
from django.utils import translation

from campaigns.models import Campaign
from core.concurrency import StaleVersion
from core.forms import VersionedFormMixin, house_field
from core.forms.versioned import BASE, VERSION
from core.templatetags.form_ui import form_problems
from tests.factories import CampaignFactory

pytestmark = pytest.mark.django_db
FIELDS = ["name", "purpose", "starts_on", "ends_on", "target_groups"]


class PlanForm(VersionedFormMixin, forms.ModelForm):
    class Meta:
        model = Campaign
        fields = FIELDS
        formfield_callback = house_field


def sent(form, **entries):
    """What the browser sends for a form as shown, with the person's entries."""
    data = QueryDict(mutable=True)
    for bound in form:
        value = bound.value()
        data.setlist(
            bound.html_name, [str(v) for v in value] if isinstance(value, list) else [str(value or "")]
        )
    for name, value in entries.items():
        data[name] = value
    return data


def save(form, campaign):
    values = form.values
    for name in ("name", "purpose", "starts_on", "ends_on"):
        setattr(campaign, name, values[name])
    campaign.save_versioned(expected=form.seen_version, fields=["name", "purpose", "starts_on", "ends_on"])


@pytest.fixture
def campaign():
    return CampaignFactory(name="Autumn", purpose="Jackets")


def conflicted(campaign, mine, theirs):
    """My form, shown before and saved after somebody else's change."""
    data = sent(PlanForm(instance=Campaign.objects.get(pk=campaign.pk)), **mine)
    other = Campaign.objects.get(pk=campaign.pk)
    for name, value in theirs.items():
        setattr(other, name, value)
    other.save_versioned(expected=other.version, fields=list(theirs))
    current = Campaign.objects.get(pk=campaign.pk)
    form = PlanForm(data, instance=current)
    assert form.is_valid(), form.errors
    with pytest.raises(StaleVersion) as stale:
        save(form, current)
    form.show_conflict(stale.value.current, by="Tobias", at=stale.value.current.changed_at)
    return form


def again(campaign, form, **choices):
    """The conflict page sent once more."""
    current = Campaign.objects.get(pk=campaign.pk)
    second = PlanForm(sent(form, **choices), instance=current)
    assert second.is_valid(), second.errors
    save(second, current)
    return Campaign.objects.get(pk=campaign.pk)


def test_saving_without_a_rival(campaign):
    form = PlanForm(sent(PlanForm(instance=campaign), name="Winter"), instance=campaign)
    assert form.is_valid()
    assert VERSION not in form.values
    assert BASE not in form.values
    save(form, campaign)
    assert Campaign.objects.get(pk=campaign.pk).name == "Winter"


def test_what_only_the_other_one_changed_is_taken_over(campaign):
    form = conflicted(campaign, {"name": "Winter"}, {"purpose": "Coats", "ends_on": date(2026, 11, 1)})
    assert [(c.name, c.clash) for c in form.conflict.changes] == [("purpose", False), ("ends_on", False)]
    saved = again(campaign, form)
    assert (saved.name, saved.purpose, saved.ends_on) == ("Winter", "Coats", date(2026, 11, 1))


def test_what_both_changed_is_asked_and_kept_as_mine(campaign):
    form = conflicted(campaign, {"name": "Winter"}, {"name": "Fall"})
    (change,) = form.conflict.changes
    assert (change.label, change.yours, change.theirs, change.clash) == ("Name", "Winter", "Fall", True)
    assert form["name"].value() == "Winter"
    assert again(campaign, form, **{"take-name": "yours"}).name == "Winter"


def test_taking_theirs(campaign):
    form = conflicted(campaign, {"name": "Winter", "purpose": "Mine"}, {"name": "Fall"})
    saved = again(campaign, form, **{"take-name": "theirs"})
    assert (saved.name, saved.purpose) == ("Fall", "Mine")


def test_the_same_change_by_both_is_no_conflict(campaign):
    form = conflicted(campaign, {"name": "Fall"}, {"name": "Fall"})
    assert form.conflict.changes == []


def test_a_third_change_is_asked_again(campaign):
    form = conflicted(campaign, {"name": "Winter"}, {"name": "Fall"})
    Campaign.objects.filter(pk=campaign.pk).update(name="Spring", version=9)
    current = Campaign.objects.get(pk=campaign.pk)
    second = PlanForm(sent(form), instance=current)
    assert second.is_valid()
    with pytest.raises(StaleVersion):
        save(second, current)


def test_the_page_shows_both_and_escapes_them(campaign):
    form = conflicted(campaign, {"name": "<b>Winter"}, {"name": "<i>Fall"})
    with translation.override("en"):
        html = form_problems(form)
    assert "Tobias saved a change while you were writing" in html
    assert "&lt;b&gt;Winter" in html
    assert "&lt;i&gt;Fall" in html
    assert 'name="take-name" value="theirs"' in html


@pytest.mark.parametrize("version", ["", "x", "-1"])
def test_a_lost_version_is_an_error_of_the_form(campaign, version):
    form = PlanForm(sent(PlanForm(instance=campaign), version=version), instance=campaign)
    assert not form.is_valid()
    with translation.override("en"):
        assert "lost its version" in form_problems(form)
