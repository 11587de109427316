"""The documentation names only what there is: files, headings, pictures, commands, decisions in order."""

import itertools
import re
import shlex
import struct
from importlib.util import find_spec
from pathlib import Path

import pytest
from django.core.management import get_commands

pytestmark = pytest.mark.once

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
DECISIONS = sorted((ROOT / "docs" / "adr").glob("0*.md"))
PICTURES = sorted((ROOT / "docs" / "images").glob("*.png"))
LINK = re.compile(r"(?<!\w)!?\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"^( {4}.*)$|`([^`\n]+)`", re.MULTILINE)
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
# A path of the repository as a text names it; short forms continue a path named before.
PATH = re.compile(r"^(?:\.ci|[a-z_]+)(?:/[\w.*<>-]+)+/?$")
SHORT = ("services/", "models/", "forms/", "views/", "checks/")
# Made by whoever follows the text.
MADE = {"deploy/.env"}
KILOBYTE = 1024


def name_of(page):
    return str(page.relative_to(ROOT))


def anchors(page):
    """The anchors of a page's headings, as the usual viewers make them."""
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", page.read_text()), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def snippets(page):
    """Everything set as code, one line each."""
    text = FENCE.sub("", page.read_text())
    return [(indented or inline).strip() for indented, inline in CODE.findall(text)]


@pytest.mark.parametrize("document", PAGES, ids=name_of)
def test_links_lead_somewhere(document):
    dead = []
    for link in LINK.findall(FENCE.sub("", document.read_text())):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (document.parent / path).resolve() if path else document
        if not target.exists() or (anchor and anchor not in anchors(target)):
            dead.append(link)
    assert dead == []


def named(path):
    """What a path names: a file, or several with a star; a template by the name that templates use."""
    return [*ROOT.glob(path), *ROOT.glob(f"templates/{path}"), *ROOT.glob(f"*/templates/{path}")]


@pytest.mark.parametrize("document", PAGES, ids=name_of)
def test_paths_that_are_named_exist(document):
    lost = []
    for snippet in snippets(document):
        path = snippet.split(":")[0]
        top = path.split("/")[0]
        if (
            PATH.match(path)
            and not path.startswith(SHORT)
            and top != "var"
            and path not in MADE
            and (ROOT / top).exists()
        ):
            lost += [] if named(path.rstrip("/")) else [path]
    assert lost == []


def missing_command(words):
    """The part of a command line that does not exist; None when all is there."""
    after = dict(itertools.pairwise(words))
    module = after.get("-m", "") if "python" in words[0] else ""
    if "manage.py" in words[:2] and after["manage.py"] not in get_commands():
        return after["manage.py"]
    if words[0] == "make" and f"{words[1]}:" not in (ROOT / "Makefile").read_text():
        return words[1]
    if module and not find_spec(module):
        return module
    if words[0] in ("./run", "./test") and not (ROOT / words[0]).exists():
        return words[0]
    return None


@pytest.mark.parametrize("document", PAGES, ids=name_of)
def test_commands_that_are_named_exist(document):
    lines = [shlex.split(snippet, comments=True, posix=False) for snippet in snippets(document)]
    assert [words for words in lines if words and missing_command(words)] == []


def test_readme_opens_with_the_two_commands():
    lines = (ROOT / "README.md").read_text().splitlines()
    assert [line.split()[0] for line in lines if line.startswith("    ")] == ["./run", "./test"]


def test_decisions_are_numbered_and_have_all_their_parts():
    numbers = [int(page.name[:4]) for page in DECISIONS]
    assert numbers == list(range(1, len(DECISIONS) + 1))
    for number, page in zip(numbers, DECISIONS, strict=True):
        text = page.read_text()
        assert text.startswith(f"# {number}. "), page.name
        parts = ("Context", "Decision", "Consequences")
        assert [part for part in parts if f"**{part}.**" not in text] == [], page.name


def test_the_index_names_every_decision():
    index = (ROOT / "docs" / "adr" / "README.md").read_text()
    titles = {page.name: page.read_text().splitlines()[0].partition(". ")[2] for page in DECISIONS}
    assert dict(re.findall(r"\]\((0\d+[^)]+)\) \| (.+) \|$", index, re.MULTILINE)) == titles


def test_the_code_refers_to_decisions_that_exist():
    source = [ROOT / name for name in ("core", "accounts", "campaigns", "briefings", "config", "deploy")]
    files = [
        path for folder in source for path in folder.rglob("*") if path.suffix in (".py", ".in", ".yaml")
    ]
    named = {number for path in files for number in re.findall(r"docs/adr/(\d{4})", path.read_text())}
    assert named == {"0002", "0003", "0013"}
    assert named <= {page.name[:4] for page in DECISIONS}


def test_every_picture_is_shown_and_small():
    shown = {
        (page.parent / link).resolve()
        for page in PAGES
        for link in LINK.findall(page.read_text())
        if link.endswith(".png")
    }
    assert set(PICTURES) == shown
    assert [path.name for path in PICTURES if path.stat().st_size > 300 * KILOBYTE] == []
    assert sum(path.stat().st_size for path in PICTURES) < 2048 * KILOBYTE
    for path in PICTURES:
        head = path.read_bytes()[:24]
        assert head[:8] == b"\x89PNG\r\n\x1a\n"
        assert struct.unpack(">I", head[16:20])[0] in (780, 1440, 2880)
