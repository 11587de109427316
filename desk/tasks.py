"""Celery: what beat does for the desk. Lost or doubled, nothing changes but the waiting time."""

from celery import shared_task

from desk.indexing import catch_up


@shared_task
def keep_index() -> None:
    """Find what changed past the services, such as by an import, and forget what is long over."""
    catch_up()
