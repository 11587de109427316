"""Health answers tell what is up, and nothing about why not."""

import pytest
from django.db import DatabaseError, connection


@pytest.mark.django_db
def test_up(client, settings, redis_server_url):
    settings.REDIS_URL = redis_server_url

    assert client.get("/healthz").json() == {"web": "up"}
    assert (client.get("/readyz").status_code, client.get("/readyz").json()) == (
        200,
        {"database": "up", "redis": "up"},
    )


@pytest.mark.django_db
def test_redis_down(client, settings):
    settings.REDIS_URL = "redis://:secret@127.0.0.1:1/0"

    response = client.get("/readyz")

    assert (response.status_code, response.json()) == (503, {"database": "up", "redis": "down"})


@pytest.mark.django_db
def test_database_down(client, settings, redis_server_url, monkeypatch):
    settings.REDIS_URL = redis_server_url

    def refuse():
        raise DatabaseError("password is secret")

    monkeypatch.setattr(connection, "cursor", refuse)
    response = client.get("/readyz")

    assert (response.status_code, response.json()) == (503, {"database": "down", "redis": "up"})
    assert client.get("/healthz").status_code == 200


def test_health_is_never_cached(client):
    assert "no-store" in client.get("/healthz")["Cache-Control"]
