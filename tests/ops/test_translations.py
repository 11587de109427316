"""Every text of the pages has its German words, none of them doubtful, with the same placeholders."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

pytestmark = pytest.mark.once

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = Path("locale/de/LC_MESSAGES/django.po")
NAMED = re.compile(r"%\((\w+)\)[sd]|\{(\w*)\}")
SKIPPED = shutil.ignore_patterns(
    ".venv", "var", ".git", "node_modules", "tests", "bench", "*.mo", "vendor", "docs"
)


def messages(path):
    with path.open("rb") as file:
        return {message.id: message for message in read_po(file, locale="de") if message.id}


def words(message):
    return message.string if isinstance(message.string, tuple) else (message.string,)


def source(message):
    return message.id if isinstance(message.id, tuple) else (message.id,)


def named(texts):
    return {name for text in texts for pair in NAMED.findall(text) for name in pair if name}


@pytest.fixture(scope="module")
def german():
    return messages(ROOT / CATALOGUE)


def test_every_text_has_german_words(german):
    assert [message.id for message in german.values() if not all(words(message))] == []


def test_no_translation_is_doubtful(german):
    assert [message.id for message in german.values() if message.fuzzy] == []


def test_placeholders_are_the_same(german):
    assert [m.id for m in german.values() if not named(words(m)) <= named(source(m))] == []
    singular_and_plural = [m for m in german.values() if not isinstance(m.id, tuple)]
    assert [m.id for m in singular_and_plural if named(words(m)) != named(source(m))] == []


@pytest.mark.skipif(
    not shutil.which("xgettext"), reason="texts cannot be collected without gettext (xgettext)"
)
def test_catalogue_holds_every_text_of_the_source(german, tmp_path):
    copy = tmp_path / "source"
    shutil.copytree(ROOT, copy, ignore=SKIPPED)
    command = [sys.executable, "manage.py", "makemessages", "-l", "de", "--no-obsolete", "-v", "0"]
    subprocess.run(command, cwd=copy, check=True, capture_output=True, timeout=120)

    assert sorted(map(str, messages(copy / CATALOGUE).keys() - german.keys())) == []
