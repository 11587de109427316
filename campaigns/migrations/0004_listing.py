"""Columns and indexes from which the list of campaigns is read (campaigns/listing.py)."""

import django.db.models.functions.text
from django.db import migrations, models

import campaigns.models.campaign

KEPT = (
    ("region_bits", "campaigns_campaignregion", "region_id"),
    ("channel_bits", "campaigns_campaignchannel", "channel_id"),
)
# By hand: on SQLite Django would rebuild the table, which triggers of other tables refuse. There a generated
# column can only be added as a virtual one; the indexes store its value.
UPPER = "ALTER TABLE campaigns_campaign ADD COLUMN name_upper varchar(200) GENERATED ALWAYS AS (UPPER(name)) "
KIND = {"postgresql": "STORED", "sqlite": "VIRTUAL"}
LISTED = ["owner", "ends_on", "region_bits", "channel_bits", "name_upper"]


def add(apps, schema_editor):
    """Add the columns and give every campaign the bits of its regions and channels."""
    filled = []
    for column, table, place in KEPT:
        run(schema_editor, f"ALTER TABLE campaigns_campaign ADD COLUMN {column} bigint NOT NULL DEFAULT 0")
        bit = f"(CAST(1 AS bigint) << CAST({place} % 62 AS integer))"
        bits = f"CAST(COALESCE(SUM(DISTINCT {bit}), 0) AS bigint)"
        filled.append(f"{column} = (SELECT {bits} FROM {table} x WHERE x.campaign_id = campaigns_campaign.id)")
    # At once: of rows written twice PostgreSQL would check the foreign keys later, and alter no table till then.
    run(schema_editor, f"UPDATE campaigns_campaign SET {', '.join(filled)}")
    run(schema_editor, UPPER + KIND[schema_editor.connection.vendor])


def remove(apps, schema_editor):
    """Remove the columns, and first the triggers that write to them; on SQLite every index must be gone."""
    for column, table, _place in KEPT:
        for event in ("insert", "delete", "update"):
            on = f" ON {table}" if schema_editor.connection.vendor == "postgresql" else ""
            run(schema_editor, f"DROP TRIGGER IF EXISTS ek_{column}_{event}{on}")
    for column in ("name_upper", "channel_bits", "region_bits"):
        run(schema_editor, f"ALTER TABLE campaigns_campaign DROP COLUMN {column}")


def run(schema_editor, statement):
    """Without parameters, so that a percent sign is one."""
    schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0003_name_search"), ("customers", "0001_initial")]

    operations = [
        migrations.RemoveIndex(model_name="campaign", name="campaign_newest"),
        migrations.RemoveIndex(model_name="campaign", name="campaign_phase_newest"),
        migrations.SeparateDatabaseAndState(
            [migrations.RunPython(add, remove)],
            [
                migrations.AddField(
                    "campaign", "region_bits", campaigns.models.campaign.KeptBits(default=0, editable=False)
                ),
                migrations.AddField(
                    "campaign", "channel_bits", campaigns.models.campaign.KeptBits(default=0, editable=False)
                ),
                migrations.AddField(
                    "campaign",
                    "name_upper",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.functions.text.Upper("name"),
                        output_field=models.CharField(max_length=200),
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="campaign",
            index=models.Index(fields=["-starts_on", "-id", "phase", *LISTED], name="campaign_newest"),
        ),
        migrations.AddIndex(
            model_name="campaign",
            index=models.Index(fields=["phase", "-starts_on", "-id", *LISTED], name="campaign_phase_newest"),
        ),
    ]
