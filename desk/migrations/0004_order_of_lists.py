"""Indexes in the order in which the lists are gone through, so that nothing has to be sorted."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("desk", "0003_entries_having")]
    operations = [
        migrations.RemoveIndex("searchentry", "search_region_ends"),
        migrations.RemoveIndex("searchentry", "search_ends"),
        migrations.RemoveIndex("searchentry", "search_starts"),
        migrations.AddIndex(
            "searchentry", models.Index(fields=["region", "ends_at", "campaign_region"], name="search_here_ends")
        ),
        migrations.AddIndex(
            "searchentry",
            models.Index(fields=["region", "starts_at", "campaign_region"], name="search_here_starts"),
        ),
        migrations.AddIndex(
            "searchentry", models.Index(fields=["ends_at", "campaign_region"], name="search_ends")
        ),
        migrations.AddIndex(
            "searchentry", models.Index(fields=["starts_at", "campaign_region"], name="search_starts")
        ),
    ]
