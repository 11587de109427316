"""Celery: what beat has done for the briefings. Lost or doubled, nothing changes but the waiting time."""

from celery import shared_task

from briefings.services.keeping import keep_all
from briefings.services.reminding import remind_all
from briefings.services.training_mails import remind_of_training


@shared_task
def keep_inboxes() -> None:
    """Newcomers get what is in force, leavers nothing more, whoever changed the teams."""
    keep_all()


@shared_task
def send_reminders() -> None:
    """Remind people and tell leads: before the start, and of what is to be read again."""
    remind_all()
    remind_of_training()
