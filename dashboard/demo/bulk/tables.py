"""The tables of a campaign, in the order in which they can be filled, with the columns that rows give."""

from django.db import connection, transaction

from briefings.models import Briefing, BriefingVersion, Confirmation, Delivery, InboxItem
from campaigns.models import (
    Allocation,
    Budget,
    BudgetRound,
    Campaign,
    CampaignChannel,
    CampaignRegion,
    ContentVersion,
    CoreMessage,
    Fact,
    FactValue,
    Flight,
    LaunchRecord,
    Release,
    Review,
    ReviewApproval,
    Variant,
)
from dashboard.demo.bulk.sheets import Sheet, text, write_all
from kpis.models import Target

CHECKED = [{"key": "release", "title": "The release is approved", "progress": "done", "detail": ""}]


class Tables:
    """A sheet per table, and the regions that are to run once their launch records stand."""

    def __init__(self) -> None:
        period = ("starts_on", "ends_on")
        self.campaigns = Sheet(
            Campaign,
            *("name", "purpose", "owner_id", *period, "state", "phase", "shared_at", "release_id"),
            *("cancelled_reason", "created_at", "changed_at", "submission"),
            *("region_bits", "channel_bits"),
        )
        self.groups = Sheet(Campaign.target_groups.through, "campaign_id", "targetgroup_id")
        texts = ("language", "claim", "promise", "proof", "call_to_action", "tone")
        self.cores = Sheet(CoreMessage, "campaign_id", *texts, "changed_at")
        self.facts = Sheet(Fact, "campaign_id", "changed_at", key="price", kind="price", label="Preis")
        self.values = Sheet(FactValue, "fact_id", "region_id", "value")
        said = ("kind", "object_id", "content", "content_hash", "author_id", "at")
        self.versions = Sheet(ContentVersion, "campaign_id", *said, number=1)
        self.regions = Sheet(
            CampaignRegion,
            *("campaign_id", "region_id", *period, "running", "release_id", "launch_id", "ended_at"),
        )
        self.lines = Sheet(CampaignChannel, "campaign_id", "channel_id", "expert_id")
        self.reach = Sheet(CampaignChannel.regions.through, "campaignchannel_id", "campaignregion_id")
        self.flights = Sheet(Flight, "campaign_channel_id", *period)
        decided = ("approved", "approved_by_id", "approved_at")
        self.budgets = Sheet(Budget, "campaign_id", "proposed", *decided, "changed_at")
        self.rounds = Sheet(BudgetRound, "budget_id", "number", "kind", "amount", "by_id", "at")
        self.allocations = Sheet(Allocation, "budget_id", "campaign_channel_id", "amount")
        where = ("campaign_id", "campaign_channel_id", "campaign_region_id", "language")
        seal = ("state", "confirmed_by_id", "confirmed_at", "confirmed_hash", "basis_hash")
        self.variants = Sheet(Variant, *where, "headline", "body", *seal, "changed_at")
        self.uses = Sheet(Variant.facts.through, "variant_id", "fact_id")
        asked = ("state", "awaits_reviewer", "invited_at", "invited_by_id", "due_on", "understood")
        self.reviews = Sheet(Review, "campaign_region_id", "language", "reviewer_id", *asked, "changed_at")
        self.approvals = Sheet(
            ReviewApproval, "review_id", "content_hash", "content", "understood", "by_id", "at"
        )
        fixed = ("content", "content_hash", "approved_by_id", "approved_at")
        self.releases = Sheet(Release, "campaign_id", *fixed, number=1)
        self.launches = Sheet(
            LaunchRecord, "campaign_region_id", "release_id", "at", kind="start", checks=text(CHECKED)
        )
        self.targets = Sheet(Target, "campaign_id", "kpi_id", "value", "due_on", "source", "supplier_id")
        self._briefings()
        self.to_run: list[tuple[str, int, int, int]] = []

    def _briefings(self) -> None:
        told = ("title", "offer", "say", "contact")
        self.briefings = Sheet(
            Briefing,
            *("campaign_id", "campaign_region_id", "audience", "language", *told, "author_id"),
            *("current_id", "changed_at"),
        )
        fixed = ("release_id", "content", "content_hash", "published_by_id", "published_at")
        self.published = Sheet(BriefingVersion, "briefing_id", *fixed, number=1, asks_from=1)
        self.inboxes = Sheet(InboxItem, "version_id", "user_id", "created_at", "first_read_at")
        sent = ("sent_at", "message_id", "created_at", "changed_at", "due_at")
        self.deliveries = Sheet(
            Delivery, "version_id", "user_id", *sent, state="sent", attempt=1, route="mail"
        )
        self.confirmations = Sheet(Confirmation, "version_id", "user_id", "at")

    @property
    def sheets(self) -> list[Sheet]:
        """All sheets, in the order in which they can be written."""
        return [one for one in vars(self).values() if isinstance(one, Sheet)]

    def write(self) -> None:
        """Write everything that was added, in one transaction, and let the regions run that should."""
        with transaction.atomic():
            write_all(self.sheets)
            self._run()

    def _run(self) -> None:
        table = CampaignRegion._meta.db_table
        with connection.cursor() as cursor:
            for running, release, launch, pk in self.to_run:
                # Along the edges that the database allows: live first, then paused.
                for state in ("live", "paused")[: 1 + (running == "paused")]:
                    cursor.execute(
                        f"UPDATE {table} SET running = %s, release_id = %s, launch_id = %s"  # nosec B608
                        " WHERE id = %s",
                        [state, release, launch, pk],
                    )
        self.to_run = []
