"""Background work of campaigns. May be lost, doubled or killed: see services/beat.py."""

import logging

from celery import shared_task

from campaigns.services import beat
from campaigns.services.partners import tell_partners

log = logging.getLogger(__name__)


@shared_task(name="campaigns.tasks.run_due")
def run_due() -> None:
    """Start, replace, hold and finish what is due, and tell partners what happened."""
    tally = beat.run_due()
    tally["partners"] = tell_partners()
    tally = +tally
    if tally:
        log.info("Campaign regions: %s", dict(tally))
