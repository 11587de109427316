"""A demo campaign's story, step by step through the same services as the pages, on the days it happened.

A step takes place if the file names a day for it; days count from today.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

from accounts.models import User
from campaigns.models import Campaign, CampaignRegion
from campaigns.services import budget, launch, lifecycle, planning, release
from campaigns.services.review import assign_reviewer, share_message
from dashboard.demo import asked, briefing, message, money, plan, reviewing, rollout
from dashboard.demo.clock import acting
from dashboard.demo.company import Company
from dashboard.demo.people import address
from kpis.enums import Source
from kpis.services.targets import TargetPlan, set_targets

# The order of the steps; each is a method of Story.
STEPS = (
    "plan",
    "approve_budget",
    "write",
    "share",
    "variants",
    "review",
    "change",
    "approve",
    "brief",
    "confirm",
    "launch",
    "refresh",
    "ask",
    "pause",
    "finish",
    "evaluate",
    "cancel",
)


@dataclass
class Story:
    """One campaign's file, and the campaign once it is planned."""

    row: dict[str, Any]
    company: Company
    today: date
    campaign: Campaign | None = None

    @property
    def owner(self) -> User:
        return self.company.people[self.row["owner"]]

    @property
    def manager(self) -> User:
        return self.company.people[self.row.get("manager", "martin.keller")]

    def day(self, offset: int) -> date:
        return self.today + timedelta(days=offset)

    @transaction.atomic
    def tell(self) -> Campaign:
        """Take every step that the file has a day for; one that is already there stays as it is."""
        number = plan.submission(self.row["slug"])
        known = Campaign.objects.filter(submission=number).first()
        if known:
            return known
        for name in STEPS:
            if name in self.row["days"]:
                getattr(self, f"_{name}")(self.day(self.row["days"][name]))
                self.campaign.refresh_from_db()
        money.tell(self.campaign, self.row["slug"], self.today, self.owner)
        return self.campaign

    def _plan(self, day: date) -> None:
        with acting(self.owner, day, 10):
            made = plan.plan_for(self.row, self.company, self.today)
            self.campaign = planning.create_campaign(by=self.owner, plan=made)
            plan.set_hours(self.campaign, self.row, self.owner)
            plan.leave_out(self.campaign, self.row, self.company, self.owner)
            wanted = [self._target(row) for row in self.row.get("targets", [])]
            set_targets(campaign=self.campaign, by=self.owner, targets=wanted)
            rollout.plan_stages(self.campaign, self.row.get("stages", []), self.today)

    def _target(self, row: dict[str, Any]) -> TargetPlan:
        tool = row.get("tool", "")
        return TargetPlan(
            kpi=self.company.kpis[row["kpi"]],
            value=Decimal(row["value"]),
            due_on=self.campaign.ends_on,
            source=Source.TOOL if tool else Source.PERSON,
            tool=tool,
            supplier=self.company.people[row["supplier"]],
        )

    def _approve_budget(self, day: date) -> None:
        """The manager agrees, or answers with another amount, which the owner accepts in the afternoon."""
        mine, amount = self.campaign.budget, Decimal(self.row["approved"])
        reason = self.row.get("budget_reason", "")
        with acting(self.manager, day, 11):
            if amount == mine.proposed:
                budget.approve(budget=mine, by=self.manager, reason=reason)
                return
            budget.counter(budget=mine, amount=amount, by=self.manager, reason=reason or "Mehr ist nicht da.")
        with acting(self.owner, day, 15):
            budget.accept(budget=mine, by=self.owner)

    def _write(self, day: date) -> None:
        with acting(self.owner, day, 9, 40):
            message.write_core(self.campaign, self.row, self.company, self.today, self.owner)
        with acting(self.owner, day, 10, 30):
            if "variants" in self.row["days"]:
                message.make_drafts(self.campaign, self.owner)

    def _share(self, day: date) -> None:
        with acting(self.owner, day, 9, 15):
            share_message(campaign=self.campaign, by=self.owner)
            self._name_reviewers()
            lifecycle.submit_for_review(campaign=self.campaign, by=self.owner)

    def _name_reviewers(self) -> None:
        """Where the file names a reviewer, he is asked instead of the one found by rule."""
        for review in reviewing.reviews_of(self.campaign):
            key = self.row.get("reviewers", {}).get(review.campaign_region.region.code)
            if key:
                assign_reviewer(review=review, reviewer=self.company.people[key], by=self.owner)

    def _variants(self, day: date) -> None:
        with acting(self.owner, day, 14):
            message.confirm_variants(self.campaign, self.row)

    def _review(self, day: date) -> None:
        for number, review in enumerate(reviewing.reviews_of(self.campaign)):
            row = self.row["reviews"].get(review.campaign_region.region.code)
            if row is not None:
                with acting(review.reviewer, day, 9, 45 * number):
                    reviewing.answer(review, row)

    def _change(self, day: date) -> None:
        with acting(self.owner, day, 16, 20):
            for row in self.row["changes"]:
                message.change_fact(self.campaign, row, self.company, self.today, self.owner)

    def _approve(self, day: date) -> None:
        with acting(self.manager, day, 15, 10):
            release.approve(campaign=self.campaign, by=self.manager)

    def _brief(self, day: date) -> None:
        with acting(self.owner, day, 9, 30):
            briefing.publish_all(self.campaign, self.row, self.owner)

    def _confirm(self, day: date) -> None:
        missing = {address(key) for key in self.row.get("unconfirmed", [])}
        misread = {address(key): words for key, words in self.row.get("misread", {}).items()}
        with acting(None, day, 13, 5):
            briefing.confirm_all(self.campaign, but=missing, misread=misread)

    def _refresh(self, day: date) -> None:
        """Where a rhythm says that it is time, these people have read it once more."""
        with acting(None, day, 8, 20):
            briefing.refresh_all(self.campaign, [self.company.people[key] for key in self.row["refreshed"]])

    def _ask(self, _day: date) -> None:
        """Each question from the desk on its own days."""
        for row in self.row["asked"]:
            asked.tell(row, self.company, self.today, self.campaign)

    def _regions(self, codes: list[str]) -> list[CampaignRegion]:
        return list(self.campaign.regions.filter(region__code__in=codes).select_related("region"))

    def _launch(self, _day: date) -> None:
        """Each region named goes live in the morning of its own first day."""
        for region in self._regions(self.row["launch"]):
            with acting(self.owner, region.starts_on, 7, 30):
                launch.go_live(region=region, by=self.owner)

    def _pause(self, day: date) -> None:
        with acting(self.manager, day, 16):
            launch.pause_everywhere(campaign=self.campaign, by=self.manager, reason=self.row["pause_reason"])

    def _finish(self, _day: date) -> None:
        """The clock finishes each region after its last day."""
        for region in self._regions(self.row["launch"]):
            with acting(None, region.ends_on + timedelta(days=1), 3):
                launch.finish(region=region)

    def _evaluate(self, day: date) -> None:
        with acting(self.owner, day, 11, 30):
            lifecycle.evaluate(campaign=self.campaign, by=self.owner)

    def _cancel(self, day: date) -> None:
        with acting(self.manager, day, 12):
            lifecycle.cancel(campaign=self.campaign, by=self.manager, reason=self.row["cancel_reason"])
