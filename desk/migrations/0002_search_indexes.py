"""The means of each database to find words in entries, and pieces of words among all words."""

from django.db import migrations

POSTGRES = (
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    # By array, not by a parser: the words are made already, and no dictionary must change them.
    "ALTER TABLE desk_searchentry"
    " ADD COLUMN head_found tsvector GENERATED ALWAYS AS (array_to_tsvector(string_to_array(head, ' '))) STORED,"
    " ADD COLUMN words_found tsvector"
    " GENERATED ALWAYS AS (array_to_tsvector(string_to_array(words, ' '))) STORED",
    # Long values stay beside the table: a hit needs only the short ones.
    "ALTER TABLE desk_searchentry SET (toast_tuple_target = 128)",
    "ALTER TABLE desk_searchentry ALTER COLUMN words SET STORAGE EXTERNAL,"
    " ALTER COLUMN words_found SET STORAGE EXTERNAL",
    "CREATE INDEX search_head_found ON desk_searchentry USING gin (head_found) WITH (fastupdate = off)",
    "CREATE INDEX search_words_found ON desk_searchentry USING gin (words_found) WITH (fastupdate = off)",
    "CREATE INDEX search_word_pieces ON desk_searchword USING gin (word gin_trgm_ops)",
)
SQLITE = (
    "CREATE VIRTUAL TABLE desk_searchtext USING fts5"
    "(head, words, content='desk_searchentry', content_rowid='id', detail=column, prefix='1 2',"
    " tokenize='unicode61 remove_diacritics 0')",
    "CREATE VIRTUAL TABLE desk_searchpiece USING fts5"
    "(word, content='desk_searchword', content_rowid='id', tokenize='trigram')",
)
AWAY = {
    "postgresql": (
        "DROP INDEX search_head_found, search_words_found, search_word_pieces",
        "ALTER TABLE desk_searchentry DROP COLUMN head_found, DROP COLUMN words_found",
    ),
    "sqlite": ("DROP TABLE desk_searchtext", "DROP TABLE desk_searchpiece"),
}


def _run(schema_editor, statements):
    for statement in statements:
        schema_editor.execute(statement)


def make(apps, schema_editor):
    _run(schema_editor, SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRES)


def remove(apps, schema_editor):
    _run(schema_editor, AWAY[schema_editor.connection.vendor])


class Migration(migrations.Migration):
    dependencies = [("desk", "0001_search")]
    operations = [migrations.RunPython(make, remove)]
