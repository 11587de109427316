from django.db import migrations, models

from channels.reference import parts_of

# Channels of the company's own: what fits the way they are shown.
BY_PREVIEW = {"mail": "subject", "sms": "text", "post": "text", "ad": "ad", "script": "script"}


def fill(apps, schema_editor):
    """The usual channels as the reference has them, others by their preview."""
    channels = apps.get_model("channels", "Channel").objects.using(schema_editor.connection.alias)
    for channel in channels.all():
        known = parts_of(channel.code)
        parts = known if known != "headline" else BY_PREVIEW.get(channel.preview, known)
        channels.filter(pk=channel.pk).update(parts=parts)


class Migration(migrations.Migration):
    """Channels say what a text on them consists of."""

    dependencies = [("channels", "0003_reference")]

    operations = [
        migrations.AddField(
            model_name="channel",
            name="parts",
            field=models.CharField(
                choices=[
                    ("text", "Text only"),
                    ("subject", "Subject and text"),
                    ("title", "Title and text"),
                    ("headline", "Headline and text"),
                    ("ad", "Headline and description"),
                    ("poster", "Headline and claim"),
                    ("script", "Title and script"),
                ],
                default="headline",
                max_length=8,
                verbose_name="what a text consists of",
            ),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
        migrations.AddConstraint(
            model_name="channel",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("parts__in", ["text", "subject", "title", "headline", "ad", "poster", "script"])
                ),
                name="channel_parts_known",
            ),
        ),
    ]
