from django.db import migrations

from channels.reference import load


def load_channels(apps, schema_editor):
    load(apps.get_model("channels", "Channel"), schema_editor.connection.alias)


class Migration(migrations.Migration):
    """The usual channels come ready; whoever does not use one takes it out of use."""

    dependencies = [("channels", "0002_versions")]

    operations = [migrations.RunPython(load_channels, migrations.RunPython.noop, elidable=False)]
