"""Where a worker is in its batch. On PostgreSQL without a log: a crash of the database must empty it."""

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

TABLE = "core_handover"


def unlogged(_apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Also leave room on its pages, so that a changed row stays on its own."""
    if editor.connection.vendor == "postgresql":
        editor.execute(f"ALTER TABLE {TABLE} SET (fillfactor = 40)")
        editor.execute(f"ALTER TABLE {TABLE} SET UNLOGGED")


class Migration(migrations.Migration):
    dependencies = [("core", "0004_trouble")]

    operations = [
        migrations.CreateModel(
            name="Handover",
            fields=[
                ("token", models.UUIDField(primary_key=True, serialize=False)),
                ("first", models.BigIntegerField()),
                ("begun", models.BigIntegerField(default=0)),
                ("lease_until", models.DateTimeField()),
                ("boot", models.CharField(blank=True, max_length=64)),
            ],
        ),
        migrations.RunPython(unlogged, migrations.RunPython.noop),
    ]
