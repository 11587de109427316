"""Links for people outside: an agency reads a plan, a printer a view of the timeline.

Their secrets are shown to nobody here; whoever tries the demo out makes a link of his own.
"""

from datetime import timedelta

from django.utils import timezone

from campaigns.enums import Phase
from campaigns.models import Campaign, SavedView, ShareLink
from campaigns.services import share_links
from dashboard.demo.company import Company

PARTS = ("strategy", "audience", "schedule", "message", "variants")
DAYS = 30


def tell(made: Company, view: SavedView) -> None:
    """One link of each kind, made once."""
    jana = made.people["jana.bergmann"]
    until = timezone.localdate() + timedelta(days=DAYS)
    campaign = Campaign.objects.filter(owner=jana).exclude(phase=Phase.CANCELLED).order_by("pk").first()
    if campaign and not ShareLink.objects.filter(campaign=campaign).exists():
        share_links.share_plan(
            campaign=campaign, by=jana, label="Agentur Nordlicht, Hamburg", until=until, parts=PARTS
        )
    if not ShareLink.objects.filter(view=view).exists():
        share_links.share_view(view=view, by=jana, label="Harlow Print, Leeds", until=until)
