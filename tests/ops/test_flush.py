"""Cleaning up after a transactional test works although our triggers refuse DELETE, and keeps them."""

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

INSERT = "INSERT INTO django_session (session_key, session_data, expire_date) VALUES ('k', '', '2026-01-01')"
GUARD = {
    "sqlite": """
        CREATE TRIGGER ek_test_append_only BEFORE DELETE ON django_session
        BEGIN SELECT RAISE(ABORT, 'append only'); END
    """,
    "postgresql": """
        CREATE FUNCTION ek_test_refuse() RETURNS trigger LANGUAGE plpgsql AS
            'BEGIN RAISE EXCEPTION ''append only''; END';
        CREATE TRIGGER ek_test_append_only BEFORE DELETE ON django_session
            FOR EACH ROW EXECUTE FUNCTION ek_test_refuse()
    """,
}
REMOVE = {
    "sqlite": "DROP TRIGGER ek_test_append_only",
    "postgresql": "DROP FUNCTION ek_test_refuse CASCADE",
}


@pytest.fixture
def guarded(transactional_db):
    """The table of sessions, made append-only for one test."""
    with connection.cursor() as cursor:
        cursor.execute(GUARD[connection.vendor])
        yield cursor
        cursor.execute(REMOVE[connection.vendor])


def test_flush_passes_and_keeps_the_triggers(guarded):
    guarded.execute(INSERT)

    call_command("flush", interactive=False, verbosity=0)

    guarded.execute("SELECT count(*) FROM django_session")
    assert guarded.fetchone() == (0,)
    guarded.execute(INSERT)
    with pytest.raises(DatabaseError, match="append only"), transaction.atomic():
        guarded.execute("DELETE FROM django_session")
