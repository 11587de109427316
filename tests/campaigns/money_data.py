"""What tests of money share: a campaign with two channels and an approved, allocated budget."""

from datetime import date
from decimal import Decimal

from campaigns.models import Budget
from campaigns.services import budget as service
from campaigns.services.costs import Cost
from tests.campaigns.planning_data import Firm
from tests.factories import CampaignChannelFactory, CampaignFactory

DAY = date(2026, 9, 1)


class Purse:
    """1,000 EUR approved, 400 for mail, 300 for tv; the firm's people."""

    def __init__(self, approved=1000, **amounts):
        self.firm = Firm()
        self.owner, self.manager = self.firm.owner, self.firm.manager
        self.campaign = CampaignFactory(owner=self.owner, in_regions=[self.firm.de])
        self.mail = CampaignChannelFactory(campaign=self.campaign, channel=self.firm.mail)
        self.tv = CampaignChannelFactory(campaign=self.campaign, channel=self.firm.tv)
        self.budget = service.open_budget(
            campaign=self.campaign, by=self.owner, currency="EUR", proposed=Decimal(approved)
        )
        service.approve(budget=self.budget, by=self.manager)
        given = amounts or {"mail": 400, "tv": 300}
        ids = {getattr(self, name).pk: Decimal(amount) for name, amount in given.items()}
        service.allocate(budget=self.budget, amounts=ids, by=self.owner)

    def cost(self, amount="100", number="1", channel=None, **more):
        """An order or invoice of "Print & Co" for mail."""
        values = {"supplier": "Print & Co", "on": DAY, "currency": "EUR"} | more
        return Cost(number=number, channel=channel or self.mail, amount=Decimal(amount), **values)

    def stored(self):
        return Budget.objects.get(pk=self.budget.pk)

    def of(self, channel):
        """Amount, committed and spent of a channel."""
        row = self.stored().allocations.get(campaign_channel=channel)
        return row.amount, row.committed, row.spent
