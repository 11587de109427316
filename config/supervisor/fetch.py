"""Fetch pip itself, for a Python that came without it; only the file whose hash is locked."""

import hashlib
import os
import re
import urllib.parse
import urllib.request
from pathlib import Path

from .paths import ROOT

LINK = re.compile(r'href="([^"#]+\.whl)#sha256=([0-9a-f]{64})"')
SECONDS = 30


def fetch_pip(folder: Path) -> Path | None:
    """The locked pip wheel, downloaded into `folder`; None when the index does not have it."""
    locked = set(re.findall(r"sha256:([0-9a-f]{64})", (ROOT / "deploy" / "locks" / "pip.txt").read_text()))
    index = (os.environ.get("PIP_INDEX_URL") or "https://pypi.org/simple").rstrip("/") + "/pip/"
    if not index.startswith("https://"):
        return None
    try:
        page = _get(index).decode()
        links = [link for link, digest in LINK.findall(page) if digest in locked]
        return _keep(urllib.parse.urljoin(index, links[0]), locked, folder) if links else None
    except OSError:
        return None


def _keep(url: str, locked: set[str], folder: Path) -> Path | None:
    content = _get(url)
    if hashlib.sha256(content).hexdigest() not in locked:
        return None
    wheel = folder / url.rpartition("/")[2]
    wheel.write_bytes(content)
    return wheel


def _get(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=SECONDS) as answer:
        return answer.read()
