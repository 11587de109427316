"""django-post_office in a process of its own: queued by `mail.send` for each person, or by `send_many`
at once, and sent by `send_queued_mail`.

Runs in a venv that has none of our code, with post_office's own defaults (batches of 100, each result logged
in the database, no retries) but the number of threads. Python's logging is off. Reads what it is to do first,
then answers JSON lines; {"only": "send"} sends what is queued already.
"""

import json
import logging
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.core.management import call_command


def configure(database: dict[str, Any], sink: str, threads: int) -> None:
    """A project with post_office as its manual sets it up."""
    host, _colon, port = sink.partition(":")
    settings.configure(
        INSTALLED_APPS=["django.contrib.contenttypes", "post_office"],
        DATABASES={"default": database},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        USE_TZ=True,
        SECRET_KEY="only for the benchmark",  # nosec B106
        DEFAULT_FROM_EMAIL="post@bench.example",
        EMAIL_BACKEND="post_office.EmailBackend",
        EMAIL_HOST=host,
        EMAIL_PORT=int(port),
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
        POST_OFFICE={"THREADS_PER_PROCESS": threads},
        LOGGING_CONFIG=None,
    )
    logging.disable(logging.CRITICAL)
    django.setup()
    call_command("migrate", verbosity=0)


def queue(template: Any, count: int) -> float:
    """One `mail.send` per person; seconds."""
    from post_office import mail

    began = time.perf_counter()
    for number in range(count):
        name = f"Jürgen Weiß {number}"
        mail.send(f"person{number}@bench.example", template=template, context={"name": name})
    return time.perf_counter() - began


def queue_at_once(template: Any, count: int) -> float:
    """One `mail.send_many` for all, as post_office's manual advises for many; seconds. Leaves nothing."""
    from post_office import mail
    from post_office.models import STATUS, Email

    began = time.perf_counter()
    mail.send_many(
        [
            {
                "recipients": f"person{number}@bench.example",
                "template": template,
                "context": {"name": f"Jürgen Weiß {number}"},
            }
            for number in range(count)
        ]
    )
    seconds = time.perf_counter() - began
    Email.objects.filter(status=STATUS.queued).delete()
    return seconds


def send(lock: str) -> float:
    """`send_queued_mail` until the queue is empty; seconds. RuntimeError unless all are sent."""
    from post_office.models import STATUS, Email

    began = time.perf_counter()
    call_command("send_queued_mail", lockfile=lock)
    seconds = time.perf_counter() - began
    if Email.objects.exclude(status=STATUS.sent).exists():
        raise RuntimeError("django-post_office has not sent everything")
    return seconds


def main() -> None:
    """Prepare, then answer until the input ends."""
    asked = json.loads(sys.stdin.readline())
    configure(asked["database"], asked["sink"], asked["threads"])
    from post_office.models import EmailTemplate

    words = asked["mail"]
    template, _new = EmailTemplate.objects.get_or_create(
        name="briefing",
        defaults={"subject": words["subject"], "content": words["text"], "html_content": words["html"]},
    )
    with tempfile.TemporaryDirectory() as folder:
        lock = str(Path(folder) / "lock")
        for line in sys.stdin:
            done = {}
            if json.loads(line).get("only") != "send":
                done = {"at once": queue_at_once(template, asked["count"])}
                done["queue"] = queue(template, asked["count"])
            print(json.dumps(done | {"send": send(lock)}), flush=True)


if __name__ == "__main__":
    main()
