"""Triggers and migrations: on SQLite a table can be made anew, and nothing is lost of its triggers."""

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection, models

from campaigns.models import Campaign
from core.triggers import drop_for_migration, install

pytestmark = pytest.mark.django_db(transaction=True)
LISTED = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT DISTINCT tgname FROM pg_trigger WHERE NOT tgisinternal",
}


def names() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(LISTED[connection.vendor])
        return {name for (name,) in cursor.fetchall()}


def change_a_column() -> None:
    """What a migration does that changes a field of campaigns, and takes the change back."""
    old = Campaign._meta.get_field("cancelled_reason")
    new = models.TextField(blank=True, null=True)
    new.set_attributes_from_name(old.name)
    with connection.schema_editor() as editor:
        editor.alter_field(Campaign, old, new)
        editor.alter_field(Campaign, new, old)


def test_a_field_of_campaigns_can_be_changed():
    before = names()
    drop_for_migration()
    try:
        change_a_column()
    finally:
        install()
    assert names() == before


@pytest.mark.once
def test_with_the_triggers_in_place_it_could_not():
    if connection.vendor == "sqlite":
        with pytest.raises(OperationalError):
            change_a_column()


def test_nothing_to_migrate_leaves_them_alone():
    before = names()
    call_command("migrate", verbosity=0)
    assert names() == before
