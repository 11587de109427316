from django.db import migrations, models

from channels.reference import AT_ONCE


def fill(apps, schema_editor):
    channels = apps.get_model("channels", "Channel").objects.using(schema_editor.connection.alias)
    channels.filter(code__in=AT_ONCE).update(at_once=True)


class Migration(migrations.Migration):
    """Some channels reach all their regions at once."""

    dependencies = [("channels", "0004_parts")]

    operations = [
        migrations.AddField(
            model_name="channel",
            name="at_once",
            field=models.BooleanField(
                default=False,
                help_text=(
                    "As TV or one web shop for all: a campaign starts here with the last of its regions."
                ),
                verbose_name="reaches all its regions at once",
            ),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
    ]
