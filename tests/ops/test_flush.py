"""Cleaning up after a transactional test works although our triggers refuse DELETE."""

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection

GUARD = """
CREATE TRIGGER ek_test_append_only BEFORE DELETE ON {table}
BEGIN SELECT RAISE(ABORT, 'append only'); END
"""
INSERT = "INSERT INTO django_session (session_key, session_data, expire_date) VALUES ('k', '', '2026-01-01')"


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("connection.vendor != 'sqlite'")
def test_flush_passes_and_restores_the_triggers():
    with connection.cursor() as cursor:
        cursor.execute(GUARD.format(table="django_session"))
        try:
            cursor.execute(INSERT)
            call_command("flush", interactive=False, verbosity=0)
            assert cursor.execute("SELECT count(*) FROM django_session").fetchone() == (0,)
            cursor.execute(INSERT)
            with pytest.raises(DatabaseError, match="append only"):
                cursor.execute("DELETE FROM django_session")
        finally:
            cursor.execute("DROP TRIGGER ek_test_append_only")
