import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def no_attempts_counted():
    """Rate limits of the sign-in count per address; every test starts from none."""
    cache.clear()


@pytest.fixture(autouse=True)
def no_documents_drawn(monkeypatch):
    """Who may have a document is asked here many times; what stands in it, elsewhere."""
    monkeypatch.setattr("core.documents.pdf", lambda template, context: b"%PDF")
    monkeypatch.setattr("core.documents.picture", lambda pdf_bytes: b"PNG")
