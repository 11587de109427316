"""Models and fields that do not name themselves have words in the reader's language."""

import pytest
from django.contrib import admin
from django.utils import translation

from campaigns.models import Budget, CampaignRegion, LaunchRecord
from core.names import FIELDS
from kpis.models import Target

pytestmark = pytest.mark.once


@pytest.fixture
def german():
    with translation.override("de"):
        yield


def test_a_field_without_a_name_has_words(german):
    assert str(Budget._meta.get_field("approved_at").verbose_name) == "genehmigt am"


def test_a_model_without_a_name_has_words(german):
    options = LaunchRecord._meta
    assert (str(options.verbose_name), str(options.verbose_name_plural)) == (
        "Startprotokoll",
        "Startprotokolle",
    )


def test_a_name_of_a_models_own_stays(german):
    assert str(Target._meta.get_field("supplier").verbose_name) == "liefert den Wert"


def test_the_migrations_do_not_see_the_words():
    assert "verbose_name" not in CampaignRegion._meta.get_field("running").deconstruct()[3]


def test_no_list_of_the_admin_shows_a_field_without_words(german):
    # What has the same word in both languages, or is never shown.
    same = {"code", "name", "position", "text", "passage", "team", "region", "budget", "briefing"}
    plain = [
        (model.__name__, field.name)
        for model, options in admin.site._registry.items()
        for field in model._meta.local_fields
        if field.name in options.list_display
        and str(field.verbose_name) == field.name.replace("_", " ")
        and field.name not in same
    ]
    assert plain == []


def test_every_word_is_lazy():
    assert [name for name, words in FIELDS.items() if isinstance(words, str)] == []
