"""One process of the product on one database, measured through Django's own WSGI handler.

Speaks JSON lines: first what there is to measure, then an answer for every {"case": number, "requests": n}.
"""

import io
import json
import re
import sys
import time
from typing import Any

import django
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bench.services import HOST

ROW = re.compile(rb"<(?:tr|li|article)[ >]")


class Browser:
    """Opens pages in this process as gunicorn would: a fresh environ, the body read, the response closed."""

    def __init__(self) -> None:
        self.app = WSGIHandler()
        self.status = ""

    def get(self, path: str, cookie: str) -> tuple[float, bytes]:
        """Seconds and body; RuntimeError unless the answer is 200."""
        environ = _environ(path, cookie)
        began = time.perf_counter()
        response = self.app(environ, self._start)
        body = b"".join(response)
        response.close()
        seconds = time.perf_counter() - began
        if self.status != "200 OK":
            raise RuntimeError(f"{path}: {self.status}")
        return seconds, body

    def _start(self, status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
        self.status = status


def _environ(path: str, cookie: str) -> dict[str, Any]:
    where, _mark, query = path.partition("?")
    return {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": where,
        "QUERY_STRING": query,
        "SCRIPT_NAME": "",
        "SERVER_NAME": HOST,
        "SERVER_PORT": "443",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": HOST,
        "HTTP_COOKIE": cookie,
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


def rows_of(body: bytes) -> int:
    """How many rows a page shows in its main part: of tables (without heads), of lists, of offers."""
    main = body.partition(b"<main")[2].partition(b"</main>")[0]
    return len(ROW.findall(re.sub(rb"<thead.*?</thead>", b"", main, flags=re.S)))


class Measured:
    """A case, warmed up, with its rows and its queries."""

    def __init__(self, browser: Browser, case: Any) -> None:
        self.browser, self.case = browser, case
        for _warm in range(2):
            _seconds, body = browser.get(case.path, case.reader.cookie)
        self.rows = rows_of(body)
        self.floor = f"/floor/?rows={max(self.rows, 1)}"
        browser.get(self.floor, case.reader.cookie)
        with CaptureQueriesContext(connection) as captured:
            browser.get(case.path, case.reader.cookie)
        self.queries = len(captured)

    def described(self) -> dict[str, Any]:
        """What the one who asks must know about it."""
        kept = ("name", "path", "ratio", "growth", "queries")
        aims = {name: getattr(self.case, name) for name in kept}
        return {**aims, "rows": self.rows, "counted": self.queries}

    def measure(self, requests: int) -> dict[str, list[float]]:
        """Ours and the floor in turns."""
        ours, floor = [], []
        for _turn in range(requests):
            ours.append(self.browser.get(self.case.path, self.case.reader.cookie)[0])
            floor.append(self.browser.get(self.floor, self.case.reader.cookie)[0])
        return {"ours": ours, "floor": floor}


def main() -> None:
    """Prepare, then answer until the input ends."""
    django.setup()
    from bench.pages.cases import cases

    browser = Browser()
    measured = [Measured(browser, case) for case in cases()]
    print(json.dumps([one.described() for one in measured]), flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        print(json.dumps(measured[asked["case"]].measure(asked["requests"])), flush=True)


if __name__ == "__main__":
    main()
