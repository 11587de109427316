"""`python -m bench briefings`: the limit, ours and the peer in turns, on both databases.

All send to the same smtp-sink. The limit is smtp-source, one connection, step by step, mails as long as
ours; smtplib alone does as much with one message made beforehand. Ours is one process with one connection,
the peer one process with five threads and as many connections, as it comes, or one. The peer's mail has the
words of ours; Django leaves them 8bit, so that it is a tenth shorter.

Ours publishes a briefing ("queue": version, audit, an inbox item and a delivery for each person, search),
then works off the deliveries ("send"). The peer renders a template for each person ("queue": `mail.send`
for each, or `mail.send_many` for all), then sends. PostgreSQL is as it comes, each commit on the disk.
SQLite has WAL and synchronous=NORMAL for both, but ours waits for the disk at each group's fence, the peer
never.

The peer writes down, and logs, what became of a hundred mails when all of them are sent; what that means is
the line of the senders that are killed.
"""

import argparse
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from bench.briefings import killed
from bench.briefings.tools import HOW_TO_GET, Postfix, peer_python, plainly, postfix
from bench.figures import Figure, Pair, compared, not_had
from bench.processes import Process, measured
from bench.services import LABELS, Site, on_each, site

RECIPIENTS = 2_000
# At least 30 % of the limit's rate, and three times the peer's: as times of one message.
LIMIT_RATIO, PEER_RATIO = 3.33, 0.33
# As it comes, and with one connection only: the faster one is the reference.
PEER_THREADS = (5, 1)


@dataclass(frozen=True)
class Turn:
    """Seconds for all recipients in one round; the peer with each number of threads."""

    limit: float
    plain: float
    ours: dict[str, float]
    peer: dict[int, dict[str, float]]


def bench(options: list[str]) -> Iterator[Figure]:
    """One worker delivers to 2,000 people, against one connection's limit and django-post_office."""
    asked = _parser().parse_args(options)
    tools = postfix()
    if tools is None:
        yield not_had("briefings", HOW_TO_GET)
        return
    python, missing = ("", "left out") if asked.no_peer else peer_python()
    if missing:
        yield not_had("django-post_office", missing)
    with site(asked.folder) as here, tools.listening() as sink:
        yield from on_each(asked.databases, lambda kind: _on(here, kind, tools, sink, python, asked))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench briefings")
    parser.add_argument("--recipients", type=int, default=RECIPIENTS)
    parser.add_argument("--databases", default=",".join(LABELS))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--no-peer", action="store_true", help="leave django-post_office out")
    parser.add_argument("--folder", default="", help="where the databases are made")
    return parser


def _on(
    here: Site, kind: str, tools: Postfix, sink: str, python: str, asked: argparse.Namespace
) -> Iterator[Figure]:
    """Start both sides on databases of their own, measure them in turns, and compare."""
    url = here.database(kind, "briefings")
    environment = here.environment(url) | {"EMAIL_URL": f"smtp://{sink}"}
    with ExitStack() as stack:
        command = [sys.executable, "-m", "bench.briefings.worker", str(asked.recipients)]
        ours = stack.enter_context(measured(command, environment))
        sample = ours.answer()
        peers = {}
        for threads in PEER_THREADS if python else ():
            peers[threads] = stack.enter_context(measured([python, "bench/briefings/peer.py"]))
            database = peer_database(here, kind, str(threads))
            told = {"database": database, "sink": sink, "threads": threads, "mail": sample}
            peers[threads].tell(**told, count=asked.recipients)
        turns = [_turn(tools, sink, sample["bytes"], ours, peers, asked) for _round in range(asked.rounds)]
    yield from figures(f"{LABELS[kind]}, {sample['bytes']:,} bytes", turns, asked.recipients)
    yield _killed(here, kind, python, sample)


def _killed(here: Site, kind: str, python: str, sample: dict[str, Any]) -> Figure:
    """On databases of its own: both are killed in the middle."""
    environment = here.environment(here.database(kind, "killed"))
    ours = killed.our_side([sys.executable, "-m", "bench.briefings.worker"], environment)
    theirs = None
    if python:
        database = peer_database(here, kind, "killed")
        told = {"database": database, "threads": PEER_THREADS[0], "mail": sample}
        theirs = killed.peers([python, "bench/briefings/peer.py"], told)
    return killed.figure(LABELS[kind], *ours, theirs)


def _turn(
    tools: Postfix,
    sink: str,
    length: int,
    ours: Process,
    peers: dict[int, Process],
    asked: argparse.Namespace,
) -> Turn:
    limit = tools.send(sink, asked.recipients, length)
    if not limit:
        raise RuntimeError("smtp-source failed.")
    plain = plainly(sink, asked.recipients, (b"x" * 70 + b"\r\n") * (length // 72))
    return Turn(limit, plain, ours.ask(), {threads: peer.ask() for threads, peer in peers.items()})


def peer_database(here: Site, kind: str, name: str) -> dict[str, Any]:
    """Django's settings of an empty database of the same kind for the peer, tuned as ours is."""
    name = f"peer-{name}"
    if kind == "sqlite":
        pragmas = "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;"
        options = {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": pragmas}
        path = str(here.folder / f"{name}.sqlite3")
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": path, "OPTIONS": options}
    parts = urlsplit(here.empty_postgres(name))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path[1:],
        "USER": parts.username,
        "HOST": parts.hostname,
        "PORT": parts.port,
    }


def figures(label: str, turns: list[Turn], count: int) -> Iterator[Figure]:
    """The lines of one database; all times are those of one message."""

    def against(name: str, ours: list[float], theirs: list[float], most: float | None = None) -> Figure:
        pairs = [Pair([a / count], [b / count]) for a, b in zip(ours, theirs, strict=True)]
        return compared(f"{label}, {name}", pairs, most)

    sending = [turn.ours["send"] for turn in turns]
    whole = [sum(turn.ours.values()) for turn in turns]
    limit = [turn.limit for turn in turns]
    plain = [turn.plain for turn in turns]
    yield against("sending against the limit (30 % is 3.33x)", sending, limit, LIMIT_RATIO)
    yield against("smtplib alone, against the limit", plain, limit)
    yield against("sending against smtplib alone", sending, plain)
    for threads in turns[0].peer:
        name = f"django-post_office, {threads} threads"
        only = [turn.peer[threads]["send"] for turn in turns]
        yield against(f"{name}, sending against the limit", only, limit)
        yield against(f"sending against {name}", sending, only, PEER_RATIO)
        for way, queued in (("mail.send", "queue"), ("send_many", "at once")):
            both = [turn.peer[threads][queued] + turn.peer[threads]["send"] for turn in turns]
            yield against(f"end to end against {name}, queued by {way}", whole, both, PEER_RATIO)
