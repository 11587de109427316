import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def no_attempts_counted():
    """Rate limits of the sign-in count per address; every test starts from none."""
    cache.clear()
