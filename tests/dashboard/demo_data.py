"""The demo, loaded once for a module and rolled back after it."""

import pytest
from django.db import transaction

from campaigns.models import Campaign
from dashboard.demo import loading


@pytest.fixture(scope="module")
def demo(django_db_setup, django_db_blocker):
    """The demo company with its campaigns; tests of the module share it and undo what they do."""
    with django_db_blocker.unblock(), transaction.atomic():
        loading.load()
        with django_db_blocker.block():
            yield
        transaction.set_rollback(True)


def campaign(name):
    """A demo campaign by its name."""
    return Campaign.objects.get(name=name)
