"""Loading the whole demo: the company, then every campaign's story. All or nothing, and once."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from campaigns.models.views import SavedPage
from campaigns.services import saved_views
from dashboard.demo import asked, company, data, partners, portfolio, rollout, sharing, strategy, templates
from dashboard.demo.clock import today
from dashboard.demo.story import Story


def load() -> int:
    """Load what is missing; number of demo campaigns that stand afterwards.

    Mails of the demo are queued as any others and leave as soon as a worker runs.
    """
    with _without_hints():
        return _load()


@transaction.atomic
def _load() -> int:
    day = today()
    made = company.load(day)
    told = [Story(row, made, day).tell() for row in data.campaigns()]
    strategy.tell(made, day)
    partners.tell(made, day)
    desk = data.desk()
    for row in desk["asked"]:
        asked.tell(row, made, day, None)
    templates.load(desk["templates"], made, day)
    _views(made)
    rollout.keep_template(day)
    portfolio.tell(made, day)
    return len(told)


def _views(made: company.Company) -> None:
    """A view of the timeline that Jana shares with her colleagues, and links to it and to a plan of hers."""
    query = f"group=channel&region={made.regions['UK'].pk}"
    view = saved_views.save_view(
        by=made.people["jana.bergmann"],
        name="Großbritannien nach Kanal",
        page=SavedPage.TIMELINE,
        query=query,
        shared=True,
    )
    sharing.tell(made, view)


@contextmanager
def _without_hints() -> Iterator[None]:
    """No worker runs yet, and none needs a hint: the sweeper finds what is due. So nobody is warned."""
    hints = logging.getLogger("core.delivery.hints")
    level = hints.level
    hints.setLevel(logging.ERROR)
    try:
        yield
    finally:
        hints.setLevel(level)
