from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0019_fact_labels")]

    operations = [
        migrations.AddIndex(
            model_name="campaign",
            index=models.Index(
                condition=models.Q(("release__isnull", False)),
                fields=["state"],
                name="campaign_released_state",
            ),
        ),
    ]
