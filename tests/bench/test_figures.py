"""The arithmetic of benchmarks: what is printed is what is judged."""

import pytest

from bench.__main__ import main
from bench.figures import Figure, Pair, compared, counted, not_had, print_figures, took
from bench.pages import run

pytestmark = pytest.mark.once


def test_a_ratio_is_the_median_of_the_rounds():
    pairs = [
        Pair([0.002, 0.004, 0.003], [0.002, 0.001, 0.003]),
        Pair([0.010], [0.002]),
        Pair([0.004], [0.004]),
    ]
    assert [pair.ratio for pair in pairs] == [1.5, 5.0, 1.0]
    figure = compared("list", pairs, 2.0)
    assert str(figure) == "list | 4.00 ms | 2.00 ms | 1.50x | <= 2x | met"


@pytest.mark.parametrize(
    ("ours", "verdict"), [(2.0, "met"), (2.004, "met"), (2.006, "missed"), (0.5, "met"), (9.0, "missed")]
)
def test_an_aim_is_met_up_to_what_is_printed(ours, verdict):
    assert compared("list", [Pair([ours], [1.0])], 2.0).verdict == verdict


def test_counts_times_and_what_could_not_be_had():
    assert str(counted("queries", 6, 6)) == "queries | 6 | – | – | <= 6 | met"
    assert counted("queries", 7, 6).verdict == "missed"
    assert counted("queries", 7).verdict == "–"
    assert str(took("demo", 12.4, 300)) == "demo | 12 s | – | – | <= 300 s | met"
    assert took("demo", 300.6, 300).verdict == "missed"
    assert str(not_had("peer", "not installed")) == "peer | not installed | – | – | – | –"


@pytest.mark.parametrize(("values", "code"), [([], 0), ([1, 2], 0), ([1, 3, 1], 1)])
def test_one_missed_aim_fails_the_run(capsys, values, code):
    assert print_figures(counted(f"n{value}", value, 2) for value in values) == code
    met = sum(value <= 2 for value in values)
    assert capsys.readouterr().out.splitlines()[-1] == f"{met} of {len(values)} aims met"


def test_figures_without_an_aim_are_only_reported(capsys):
    assert print_figures([Figure("n", "9", "–", "–", 9)]) == 0
    assert capsys.readouterr().out.splitlines()[1:] == ["n | 9 | – | – | – | –", "0 of 0 aims met"]


def test_growth_compares_ours_with_ours_in_the_same_round():
    pairs = {
        1000: [Pair([1.0], [9.0]), Pair([2.0], [9.0]), Pair([3.0], [9.0])],
        100_000: [Pair([1.1], [1.0]), Pair([2.0], [1.0]), Pair([6.0], [1.0])],
    }
    told = [{"rows": 25, "growth": 1.2}, {"rows": 25, "growth": 1.2}]
    figure = run.growth("list", 1000, 100_000, told, pairs)
    assert (figure.name, figure.ratio, figure.verdict) == ("list, growth 1,000 to 100,000", "1.10x", "met")


def test_growth_of_pages_with_different_rows_is_not_judged():
    told = [{"rows": 5, "growth": 1.2}, {"rows": 25, "growth": 1.2}]
    pairs = {1: [Pair([1.0], [1.0])], 2: [Pair([5.0], [1.0])]}
    figure = run.growth("list", 1, 2, told, pairs)
    assert (figure.name, figure.verdict) == ("list, growth 1 to 2 (5 and 25 rows)", "–")


def test_lists_the_benchmarks(capsys):
    assert main([]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == [
        "pages",
        "demo",
        "briefings",
        "desk",
        "calendar",
    ]


def test_an_unknown_name_is_said(capsys):
    assert main(["nothing"]) == 2
    assert "there are: pages, demo" in capsys.readouterr().err
