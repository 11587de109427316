import pytest

from accounts.models import User
from core.delivery.models import OutgoingMail
from core.delivery.routes import route_for
from tests.core.hook import running_hook
from tests.core.sink import running_sink


@pytest.fixture
def sink(settings):
    """A mail server that EMAIL_URL names."""
    with running_sink() as sink:
        settings.EMAIL_URL = sink.url
        yield sink


@pytest.fixture
def hook(settings):
    """A chat's webhook that may be reached although it is on this machine."""
    with running_hook() as hook:
        settings.CHAT_TEST_HOSTS = [hook.host]
        yield hook


@pytest.fixture
def route():
    return route_for("core.outgoingmail")


@pytest.fixture
def anna(db):
    return User.objects.create_user(
        "anna@bergmann-soehne.example", first_name="Anna", last_name="Müller", language="de"
    )


@pytest.fixture
def make_mail(anna):
    """Make a row in any state: `make_mail("sent")`."""

    def make(key="m1", **fields):
        return OutgoingMail.objects.create(
            key=key,
            **{"recipient": anna, "subject": "Grüße", "text": "Hallo", "html": "<p>Hallo</p>"}
            | {"language": "de"}
            | fields,
        )

    return make


@pytest.fixture
def mail_templates(tmp_path, settings):
    """The path of a mail's templates, without ending; they say `name` and link to `link`."""
    folder = tmp_path / "sample" / "email"
    folder.mkdir(parents=True)
    files = {
        "hello.subject.txt": "{% translate 'Yes' %}, {{ name }}\n",
        "hello.txt": '{% extends "core/email/base.txt" %}'
        "{% block content %}Dear {{ name }}: {{ link }}{% endblock %}",
        "hello.html": '{% extends "core/email/base.html" %}{% block content %}<p>Dear {{ name }}</p>'
        '{% include "core/email/button.html" with href=link label="Open" %}{% endblock %}',
    }
    for name, text in files.items():
        (folder / name).write_text(text)
    templates = [{**settings.TEMPLATES[0], "DIRS": [*settings.TEMPLATES[0]["DIRS"], tmp_path]}]
    settings.TEMPLATES = templates
    return "sample/email/hello"
