"""What is collected for production: every address hashed, nothing fetched from elsewhere."""

import re
from pathlib import Path

import pytest

from tests.services import copy_static

pytestmark = pytest.mark.once

ROOT = Path(__file__).parents[2]
OURS = [p for p in (ROOT / "static").rglob("*") if p.suffix in (".css", ".js") and "vendor" not in p.parts]


@pytest.fixture
def collected(tmp_path):
    """As `./run` collects them."""
    copy_static(tmp_path)
    return tmp_path / "static"


HASHED = r"[a-z-]+\.[0-9a-f]{12}\.js"


def _imports(path):
    return [path.parent / name for name in re.findall(r'(?:import|from)\s*"(\./.*?)"', path.read_text())]


def test_imported_modules_and_fonts_are_hashed(collected):
    entries = [path for path in (collected / "js").glob("*.js") if re.fullmatch(HASHED, path.name)]
    reached, ahead = set(), [name for path in entries for name in _imports(path)]
    while ahead:
        path = ahead.pop()
        assert re.fullmatch(HASHED, path.name), path
        if path.resolve() not in reached:
            reached.add(path.resolve())
            ahead += _imports(path)
    names = {path.name.split(".")[0] for path in reached}
    assert names == {path.stem for path in (ROOT / "static/js/lib").glob("*.js")}
    (tokens,) = (collected / "css").glob("tokens.*.css")
    assert len(re.findall(r"vendor/fonts/[\w-]+\.[0-9a-f]{12}\.woff2", tokens.read_text())) == 3


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.name)
def test_nothing_comes_from_elsewhere_and_nothing_needs_eval(path):
    text = path.read_text()
    assert not re.search(r"https?://(?!www\.w3\.org)", text)
    assert not re.search(r"\beval\(|new Function|document\.write|insertAdjacentHTML", text)


def test_vendored_scripts_name_no_source_maps():
    vendored = [*(ROOT / "static/vendor").rglob("*.js"), *(ROOT / "static/vendor").rglob("*.css")]
    assert vendored
    assert [p.name for p in vendored if "sourceMappingURL" in p.read_text()] == []


def test_every_vendored_library_has_its_licence():
    for folder in ("bootstrap", "icons", "htmx"):
        assert (ROOT / "static/vendor" / folder / "LICENSE.txt").exists()
    assert len(list((ROOT / "static/vendor/fonts").glob("*OFL.txt"))) == 2


PAPER = "<style>@page { size: {{ paper }}; }</style>"


def test_templates_bring_no_inline_style_or_script():
    for path in (ROOT / "templates").rglob("*.html"):
        if "email" in path.parts:
            continue  # mails need their styles inline
        text = path.read_text()
        if "print.html" in path.parts[-1]:
            text = text.replace(PAPER, "")  # never in a browser: only the size of the paper
        assert not re.search(r"\sstyle=|<style|\son[a-z]+=|hx-on|<script(?![^>]*src=)", text), path


BARE_ID = re.compile(
    r"\{\{ [a-z_.]*(?:\.pk|_pk|(?<!auto)(?<!field)(?<!css)(?<!message)_id) \}\}"
    r"|[=\"]\{\{ [a-z_.]+\.version \}\}"
)


def test_ids_are_written_without_thousands_separators():
    """`{{ row.pk }}` reads “1,003” from a thousand on, which no address and no form understands."""
    found = {p.name: BARE_ID.findall(p.read_text()) for p in (ROOT / "templates").rglob("*.*")}
    assert {name: bare for name, bare in found.items() if bare} == {}
