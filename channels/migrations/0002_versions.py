import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Channels carry a version."""

    dependencies = [("channels", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="channel",
            name="version",
            field=models.PositiveIntegerField(default=1, editable=False),
        ),
        migrations.AddField(
            model_name="channel",
            name="changed_at",
            field=models.DateTimeField(auto_now=True, default=django.utils.timezone.now),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="channelexpert",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="channel_links",
                to=settings.AUTH_USER_MODEL,
                verbose_name="channel expert",
            ),
        ),
        migrations.AlterField(
            model_name="channelexpert",
            name="region",
            field=models.ForeignKey(
                blank=True,
                help_text="Empty: everywhere",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.region",
                verbose_name="region",
            ),
        ),
    ]
