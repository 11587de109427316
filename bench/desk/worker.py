"""One process of the product on a filled database; opens the desk as browsers do while somebody types.

Speaks JSON lines: first the cases, then an answer for every {"case": number, "rounds": n}.
"""

import io
import json
import random
import sys
import time
from typing import Any
from urllib.parse import quote

import django
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench.desk.fill import PASSWORD
from bench.services import HOST

SAMPLE = 60


def asked() -> dict[str, list[str]]:
    """What is typed, by kind; words of the texts that were made, spoilt by chance where that is the kind."""
    from bench.desk.words import FIRST, LAST, WORDS, Texts
    from campaigns.models import Campaign, Release

    texts, chance = Texts(7), random.Random(7)  # nosec B311
    names = list(
        Campaign.objects.order_by("pk").values_list("name", flat=True)[
            :: max(1, Campaign.objects.count() // 300)
        ]
    )
    called = [name.split("„")[1].split("“")[0] for name in names]
    things = [texts.thing() for _one in range(SAMPLE)]
    facts = Release.objects.order_by("pk").values_list("content__facts_by_region", flat=True)[:SAMPLE]
    codes = [
        fact["shown"]["de"] for found in facts for fact in next(iter(found.values())) if fact["key"] == "code"
    ]
    typed = [word[:length] for word in things[:20] for length in range(1, len(word))]
    return {
        "one offer by its name": [name.split(" für")[0].replace("„", "").replace("“", "") for name in names],
        "a code": codes,
        "a whole compound": things,
        "a word that stands nearly everywhere": [word for word in WORDS if len(word) > 3],
        "a part of compounds": [*FIRST, *LAST],
        "two words": [f"{texts.one(WORDS)} {texts.one(LAST)}" for _one in range(SAMPLE)],
        "as somebody types": typed,
        "one letter": list("abcdefghijklmnoprstuvwz"),
        "with a typing error": [_spoilt(word, chance) for word in things + called[:SAMPLE]],
        "two words with typing errors": [
            f"{_spoilt(texts.thing(), chance)} {_spoilt(texts.one(WORDS), chance)}" for _one in range(SAMPLE)
        ],
        "umlauts in three ways": [
            "grün",
            "gruen",
            "grun",
            "Straße",
            "strasse",
            "Größe",
            "groesse",
            "österreich",
        ],
        "no hit": ["xylophonkonzert", "quantenphysik", "zzzzzz", "wxyz", "bratwurst mit senf", "helikopter"],
        "a sentence": [
            f"Die Kundin hat letzte Woche {word} gekauft und fragt ob sie {texts.one(WORDS)} bekommt oder "
            f"{texts.one(WORDS)} in der Filiale"
            for word in things
        ],
        "the page without a search": [""],
    }


def _spoilt(word: str, chance: random.Random) -> str:
    at = chance.randrange(1, len(word) - 1)
    swapped = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return chance.choice((swapped, word[:at] + word[at + 1 :], word[:at] + "x" + word[at + 1 :]))


class Person:
    """Somebody who is signed in and opens the desk."""

    def __init__(self, name: str, email: str, region: str) -> None:
        from config.wsgi import application

        self.name, self.region = name, region
        client = Client(HTTP_HOST=HOST)
        form = {"login": email, "password": PASSWORD}
        answer = client.post("/accounts/login/", form, secure=True, REMOTE_ADDR="127.0.0.1")
        if answer.status_code != 302 or "sessionid" not in client.cookies:
            raise RuntimeError(f"{email} could not sign in: {answer.status_code}")
        self.cookie = "; ".join(f"{key}={morsel.value}" for key, morsel in client.cookies.items())
        self.app, self.status = application, ""

    def types(self, query: str) -> tuple[float, int]:
        """Seconds until the answer is there whole, and how many offers it shows."""
        environ = self._environ(query)
        began = time.perf_counter()
        response = self.app(environ, self._start)
        body = b"".join(response)
        response.close()
        seconds = time.perf_counter() - began
        if self.status != "200 OK":
            raise RuntimeError(f"{query}: {self.status}")
        return seconds, body.count(b"<article")

    def _start(self, status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
        self.status = status

    def _environ(self, query: str) -> dict[str, Any]:
        typing = {"HTTP_HX_REQUEST": "true"} if query else {}
        return typing | {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": "/now/",
            "QUERY_STRING": f"region={self.region}" + (f"&q={quote(query)}" if query else ""),
            "SCRIPT_NAME": "",
            "SERVER_NAME": HOST,
            "SERVER_PORT": "443",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": HOST,
            "HTTP_COOKIE": self.cookie,
            "HTTP_ACCEPT": "text/html",
            "HTTP_X_FORWARDED_PROTO": "https",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "https",
            "wsgi.input": io.BytesIO(),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": False,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
        }


def naive(query: str, regions: list[int]) -> float:
    """The reference: seconds that the database needs to go through the same texts by LIKE, without rights.

    It finds no typing error and no other ending, and needs the words as they were folded.
    """
    from desk.folding import query_words
    from desk.models import SearchEntry

    entries = SearchEntry.objects.filter(region__in=regions)
    for word in query_words(query):
        entries = entries.filter(words__contains=word)
    began = time.perf_counter()
    list(entries.order_by("ends_at").values_list("campaign_region", flat=True)[:100])
    return time.perf_counter() - began


def main() -> None:
    """Prepare, then answer until the input ends."""
    django.setup()
    from accounts.models import Region

    home, everywhere = Region.objects.get(code="DE").pk, list(Region.objects.values_list("pk", flat=True))
    people = [
        (Person("one region", "agent@desk.example", "DE"), [home]),
        (Person("all regions", "everywhere@desk.example", "all"), everywhere),
    ]
    kinds = asked()
    cases = [(kind, person, regions) for person, regions in people for kind in kinds]
    print(json.dumps([f"{kind} ({person.name})" for kind, person, _regions in cases]), flush=True)
    for line in sys.stdin:
        order = json.loads(line)
        kind, person, regions = cases[order["case"]]
        ours, reference, shown = [], [], []
        person.types(kinds[kind][0])
        for _round in range(order["rounds"]):
            for query in kinds[kind]:
                seconds, offers = person.types(query)
                ours.append(seconds)
                shown.append(offers)
                reference.append(naive(query, regions) if query else seconds)
        with CaptureQueriesContext(connection) as queries:
            slowest = kinds[kind][max(range(len(kinds[kind])), key=lambda at: ours[at])]
            person.types(slowest)
        answer = {"ours": ours, "reference": reference, "shown": shown, "queries": len(queries)}
        print(json.dumps(answer | {"slowest": slowest}), flush=True)


if __name__ == "__main__":
    main()
