"""Wrong settings are said by name, right ones become what Django and Celery need."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import env
from config.supervisor import paths

pytestmark = pytest.mark.once


@pytest.fixture
def var(tmp_path, monkeypatch):
    for name in (*env.REAL_PARTS, "EINKLANG_CATCHER_URL"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def test_nothing_set_is_embedded(var):
    assert env.is_embedded()
    assert env.database(var)["NAME"] == str(var / "einklang.sqlite3")
    assert env.database(var)["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert env.email_url(var) == ""


@pytest.mark.parametrize("name", env.REAL_PARTS)
def test_one_real_part_ends_the_trial(var, monkeypatch, name):
    monkeypatch.setenv(name, "smtp://mail.example")

    assert not env.is_embedded()


def test_postgres(var, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://eva:p%40ss@db.example:5433/shop?sslmode=require")

    database = env.database(var)

    assert database["ENGINE"] == "django.db.backends.postgresql"
    assert (database["USER"], database["PASSWORD"]) == ("eva", "p@ss")
    assert (database["HOST"], database["PORT"], database["NAME"]) == ("db.example", 5433, "shop")
    assert database["OPTIONS"] == {"connect_timeout": 5, "sslmode": "require"}


@pytest.mark.parametrize(
    "url",
    ["nonsense", "mysql://a@b/c", "postgres://", "postgres://host", "postgres://a@b:port/c", "postgres//x"],
)
def test_wrong_database_url(var, monkeypatch, url):
    monkeypatch.setenv("DATABASE_URL", url)

    with pytest.raises(ImproperlyConfigured, match=r"^DATABASE_URL "):
        env.database(var)


def test_redis_of_the_trial_in_both_dialects(var):
    url = env.redis_url(var)

    assert url == f"unix://{var}/redis.sock"
    assert env.broker_url(url) == f"redis+socket://{var}/redis.sock"


def test_redis_url_of_another_kind_is_refused(var, monkeypatch):
    monkeypatch.setenv("REDIS_URL", "amqp://broker.example")

    with pytest.raises(ImproperlyConfigured, match=r"^REDIS_URL "):
        env.redis_url(var)


def test_long_var_path_gets_a_short_socket(var):
    deep = var / ("x" * 120)

    socket = paths.redis_socket(deep)

    assert len(str(socket)) <= paths.SOCKET_PATH_MAX
    assert socket == paths.redis_socket(deep)
    assert socket != paths.redis_socket(var / ("y" * 120))


@pytest.mark.parametrize(
    ("url", "port", "flag"),
    [
        ("smtp://eva:p%40ss@mail.example", 25, None),
        ("smtps://eva:p%40ss@mail.example", 465, "EMAIL_USE_SSL"),
        ("smtp+tls://eva:p%40ss@mail.example", 587, "EMAIL_USE_TLS"),
        ("smtp://eva:p%40ss@mail.example:2525", 2525, None),
    ],
)
def test_mail_server(url, port, flag):
    found = env.email_settings(url)

    assert (found["EMAIL_HOST"], found["EMAIL_PORT"]) == ("mail.example", port)
    assert (found["EMAIL_HOST_USER"], found["EMAIL_HOST_PASSWORD"]) == ("eva", "p@ss")
    assert {key for key in found if key.startswith("EMAIL_USE")} == ({flag} if flag else set())


@pytest.mark.parametrize(
    "url", ["mail.example", "http://mail.example", "smtp://", "smtp://mail.example:nope"]
)
def test_wrong_mail_url(url):
    with pytest.raises(ImproperlyConfigured, match=r"^EMAIL_URL"):
        env.email_settings(url)


def test_running_catcher_is_found_by_commands_started_by_hand(var):
    paths.catcher_file(var).parent.mkdir()
    paths.catcher_file(var).write_text("smtp://127.0.0.1:4025")

    assert env.email_url(var) == "smtp://127.0.0.1:4025"
