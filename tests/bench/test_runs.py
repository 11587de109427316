"""Every benchmark runs, on a handful of campaigns: what it measures are real pages of the real product."""

import pytest

from bench.__main__ import main
from bench.pages.worker import rows_of
from tests.services import postgres_missing

TINY = ("--staff", "140")


def lines(capsys):
    found = [line.split(" | ") for line in capsys.readouterr().out.splitlines()]
    assert found[0] == ["name", "ours", "reference", "ratio", "aim", "met"]
    assert all(len(line) == 6 for line in found[1:-1])
    return {line[0]: line[1:] for line in found[1:-1]}


@pytest.mark.once
def test_pages(capsys):
    options = ("--databases", "sqlite", "--sizes", "60", "--rounds", "1", "--requests", "1", *TINY)
    # At so few requests the ratios are noise; that every line is there is what counts.
    assert main(["pages", *options]) in (0, 1)
    found = lines(capsys)
    for name in ("list, first page (everywhere)", "campaign page (one region)", "reading page (staff)"):
        assert found[f"SQLite, {name}, queries"][0].isdecimal()
    assert found["SQLite, list, first page (everywhere), queries"][3:] == ["<= 6", "met"]
    assert found["SQLite, campaign page (everywhere), queries"][3:] == ["<= 12", "met"]
    first = next(name for name in found if name.startswith("SQLite, list, first page (everywhere), 60"))
    assert first.endswith("25 rows")
    assert found[first][2].endswith("x")
    assert not any("growth" in name for name in found)
    assert not any("PostgreSQL" in name for name in found)


@pytest.mark.once
def test_demo(capsys):
    if postgres_missing():
        pytest.skip(postgres_missing())
    assert main(["demo", "--campaigns", "20", *TINY]) == 0
    assert lines(capsys)["PostgreSQL, demo of 20 campaigns"][3:] == ["<= 300 s", "met"]


def test_rows_are_those_of_the_main_part():
    body = b"<ul><li>menu</li></ul><main><table><thead><tr><th>a</th></tr></thead><tbody><tr><td>1</td></tr>"
    body += b'<tr class="x"><td>2</td></tr></tbody></table><ul><li>3</li></ul></main><ul><li>foot</li></ul>'
    assert rows_of(body) == 3
