"""Figures of a benchmark: `name | ours | reference | ratio | aim | met`, and the arithmetic behind them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

NONE = "–"


@dataclass(frozen=True)
class Figure:
    """One line. `value` is what the aim speaks of; without an aim (`most`) the figure is only reported."""

    name: str
    ours: str
    reference: str
    ratio: str
    value: float | None = None
    most: float | None = None
    aim: str = NONE

    @property
    def verdict(self) -> str:
        """`met` or `missed`; a dash without an aim."""
        if self.most is None:
            return NONE
        return "met" if self.value is not None and self.value <= self.most else "missed"

    def __str__(self) -> str:
        return " | ".join((self.name, self.ours, self.reference, self.ratio, self.aim, self.verdict))


@dataclass(frozen=True)
class Pair:
    """Seconds of ours and of its reference, measured in turns within one round."""

    ours: Sequence[float]
    reference: Sequence[float]

    @property
    def ratio(self) -> float:
        """How many times as long ours takes, by the medians."""
        return median(self.ours) / median(self.reference)


def compared(name: str, pairs: Iterable[Pair], most: float | None = None) -> Figure:
    """Ours against a reference over several rounds: the ratio is the median of the rounds' ratios."""
    found = list(pairs)
    ratio = median(pair.ratio for pair in found)
    return Figure(
        name,
        milliseconds(median(median(pair.ours) for pair in found)),
        milliseconds(median(median(pair.reference) for pair in found)),
        f"{ratio:.2f}x",
        # What is printed is what is judged: 2.004 is shown and counted as 2.00.
        round(ratio, 2),
        most,
        NONE if most is None else f"<= {most:g}x",
    )


def counted(name: str, count: int, most: int | None = None, what: str = "") -> Figure:
    """A number with a cap."""
    aim = NONE if most is None else f"<= {most}"
    return Figure(name, f"{count} {what}".strip(), NONE, NONE, count, most, aim)


def took(name: str, seconds: float, most: float | None = None) -> Figure:
    """A time with a cap, in seconds."""
    aim = NONE if most is None else f"<= {most:g} s"
    return Figure(name, f"{seconds:.0f} s", NONE, NONE, round(seconds), most, aim)


def not_had(name: str, reason: str) -> Figure:
    """What could not be measured, and why."""
    return Figure(name, reason, NONE, NONE)


def milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:.2f} ms"


def print_figures(figures: Iterable[Figure]) -> int:
    """Print every figure as it comes, then what was missed; the exit code."""
    print("name | ours | reference | ratio | aim | met")
    missed = 0
    judged = 0
    for figure in figures:
        print(figure, flush=True)
        judged += figure.verdict != NONE
        missed += figure.verdict == "missed"
    print(f"{judged - missed} of {judged} aims met")
    return 1 if missed else 0
