"""What the demo campaigns order, pay, move and weigh; each on the day that data/money.toml names."""

import tomllib
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from accounts.models import User
from campaigns.models import Campaign, CampaignChannel, Commitment
from campaigns.services import scenarios, spending
from campaigns.services.costs import Cost
from campaigns.services.moves import move
from dashboard.demo.clock import acting
from dashboard.demo.data import FOLDER

Row = dict[str, Any]


@cache
def _file() -> dict[str, dict[str, list[Row]]]:
    return tomllib.loads((FOLDER / "money.toml").read_text(encoding="utf-8"))


def tell(campaign: Campaign, slug: str, today: date, by: User) -> None:
    """Everything the file has for the campaign, in the order of its days."""
    rows = _file().get(slug, {})
    channels = {row.channel.code: row for row in campaign.channels.select_related("channel")}
    steps = [(row["day"], act, row) for name, act in ACTS.items() for row in rows.get(name, [])]
    for number, (offset, act, row) in enumerate(sorted(steps, key=lambda step: step[0])):
        day = today + timedelta(days=offset)
        with acting(by, day, 10, number):
            act(campaign, channels, row, day, by)


def _cost(campaign: Campaign, channels: dict[str, CampaignChannel], row: Row, day: date) -> Cost:
    expected = day + timedelta(days=row["expected"] - row["day"]) if "expected" in row else None
    orders = Commitment.objects.filter(budget=campaign.budget, reference=row.get("order", ""))
    return Cost(
        supplier=row["supplier"],
        number=row["number"],
        on=day,
        channel=channels[row["channel"]],
        amount=Decimal(row["amount"]),
        currency=row.get("currency", campaign.budget.currency),
        rate=Decimal(row["rate"]) if "rate" in row else None,
        rate_on=day if "rate" in row else None,
        description=row["for"],
        expected_on=expected,
        commitment=orders.first() if "order" in row else None,
    )


def _order(campaign: Campaign, channels: dict[str, CampaignChannel], row: Row, day: date, by: User) -> None:
    spending.commit(budget=campaign.budget, cost=_cost(campaign, channels, row, day), by=by)


def _invoice(campaign: Campaign, channels: dict[str, CampaignChannel], row: Row, day: date, by: User) -> None:
    spending.spend(budget=campaign.budget, cost=_cost(campaign, channels, row, day), by=by)


def _move(campaign: Campaign, channels: dict[str, CampaignChannel], row: Row, day: date, by: User) -> None:
    move(
        budget=campaign.budget,
        source=channels[row["from"]],
        target=channels[row["to"]],
        amount=Decimal(row["amount"]),
        reason=row["reason"],
        by=by,
    )


def _scenario(
    campaign: Campaign, channels: dict[str, CampaignChannel], row: Row, day: date, by: User
) -> None:
    amounts = {channels[code].pk: Decimal(amount) for code, amount in row["amounts"].items()}
    scenarios.save(budget=campaign.budget, name=row["name"], note=row["note"], amounts=amounts, by=by)


ACTS = {"orders": _order, "invoices": _invoice, "moves": _move, "scenarios": _scenario}
