"""PostgreSQL: the entries that have some words, always by the index.

To the planner a long list of words seems to stand nearly everywhere, and the texts seem to cost nothing to read.
"""

from django.db import migrations

MAKE = """
CREATE FUNCTION desk_entries_having(place text, asked tsquery, most integer) RETURNS SETOF bigint
LANGUAGE plpgsql STABLE SET enable_seqscan = off SET enable_indexscan = off AS $$
BEGIN
    IF place = 'head' THEN
        RETURN QUERY SELECT id FROM desk_searchentry WHERE head_found @@ asked LIMIT most;
    ELSE
        RETURN QUERY SELECT id FROM desk_searchentry WHERE words_found @@ asked LIMIT most;
    END IF;
END $$
"""


def make(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(MAKE)


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION desk_entries_having(text, tsquery, integer)")


class Migration(migrations.Migration):
    dependencies = [("desk", "0002_search_indexes")]
    operations = [migrations.RunPython(make, remove)]
