"""Documents: made of what the product ships, and a clear sentence where they can't be made."""

import builtins

import pytest

from core import documents

pytestmark = pytest.mark.once


def test_a_document_reads_nothing_but_static_files():
    assert documents.static_name("static:css/print.css") == "css/print.css"
    for url in ("https://evil.example/x.css", "file:///etc/passwd", "static:../config/settings/base.py"):
        with pytest.raises(ValueError, match="static files only"):
            documents.static_name(url)


def test_without_pango_one_sentence_says_what_is_missing(monkeypatch):
    real = builtins.__import__

    def refuse(name, *args, **more):
        if name == "weasyprint":
            raise OSError("cannot load library 'libpango-1.0-0'")
        return real(name, *args, **more)

    documents._weasyprint.cache_clear()
    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(documents.DocumentsUnavailable, match="Pango is missing"):
        documents.pdf("dashboard/calendar/print.html", {})
    documents._weasyprint.cache_clear()
