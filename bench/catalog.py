"""The benchmarks there are; each takes its options and gives its figures as soon as it has them."""

from collections.abc import Callable, Iterator

from bench import demo
from bench.briefings import run as briefings
from bench.calendar import run as calendar
from bench.desk import run as desk
from bench.figures import Figure
from bench.pages import run as pages

BENCHES: dict[str, Callable[[list[str]], Iterator[Figure]]] = {
    "pages": pages.bench,
    "demo": demo.bench,
    "briefings": briefings.bench,
    "desk": desk.bench,
    "calendar": calendar.bench,
}
