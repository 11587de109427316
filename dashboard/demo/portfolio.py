"""The limits that the company has set, and a warning that somebody has set aside."""

from datetime import date, timedelta

from accounts.models import User
from campaigns.models import Campaign
from dashboard.demo.clock import acting
from dashboard.demo.company import Company
from dashboard.demo.plan import submission
from dashboard.models import LoadRules
from dashboard.portfolio.services import save_limits, set_aside
from dashboard.portfolio.showing import warnings_between

REASON = (
    "Leipzig, Salzburg und Leeds haben zugesagt: Abholung kennen sie seit dem Frühjahr, es ist nur ein neues"
    " Zeitfenster. Zusätzliche Schulung ist keine nötig."
)


def tell(made: Company, day: date) -> None:
    """Once: later runs leave the limits as people have set them."""
    if LoadRules.objects.exists():
        return
    with acting(made.people["simon.adler"], day - timedelta(days=30), 9):
        save_limits(by=made.people["simon.adler"], expected=0, owner_most=3, team_most=4, shared_days=7)
    _leave("ready-when-you-are", "team", REASON, made.people["oliver.grant"], day)


def _leave(slug: str, key: str, reason: str, by: User, day: date) -> None:
    """The owner sets a warning of his campaign aside, if there is such a one."""
    campaign = Campaign.objects.get(submission=submission(slug))
    found = warnings_between(by, campaign.starts_on, campaign.ends_on, day, about=campaign.pk)
    warned = found.find(campaign.pk, key)
    if warned:
        with acting(by, day - timedelta(days=1), 14, 30):
            set_aside(warned=warned, facts=warned.facts, reason=reason, by=by)
