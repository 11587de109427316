"""The index behind campaigns/search.py: words in names, on each database by its own means."""

from django.db import migrations

POSTGRES = (
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    "CREATE INDEX campaign_name_trgm ON campaigns_campaign USING gin (UPPER(name) gin_trgm_ops)",
)
SQLITE = (
    "CREATE VIRTUAL TABLE campaigns_campaignsearch USING fts5"
    "(name, content='campaigns_campaign', content_rowid='id', tokenize='trigram')",
    "INSERT INTO campaigns_campaignsearch(campaigns_campaignsearch) VALUES ('rebuild')",
)
AWAY = {"postgresql": ("DROP INDEX campaign_name_trgm",), "sqlite": ("DROP TABLE campaigns_campaignsearch",)}


def _run(schema_editor, statements):
    for statement in statements:
        schema_editor.execute(statement)


def make(apps, schema_editor):
    _run(schema_editor, SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRES)


def remove(apps, schema_editor):
    _run(schema_editor, AWAY[schema_editor.connection.vendor])


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0002_review_turn")]
    operations = [migrations.RunPython(make, remove)]
