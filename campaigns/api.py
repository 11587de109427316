"""Campaigns and their money for programs."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Field, Query, Router, Schema

from campaigns.filters import CampaignFilter
from campaigns.listing import Row, page_of
from campaigns.models import Budget, Campaign, CampaignChannel
from campaigns.services.budget import allocate

router = Router(tags=["campaigns"])


class CampaignOut(Schema):
    """A campaign in the list."""

    id: int
    name: str
    phase: str
    starts_on: date
    ends_on: date
    owner: str
    regions: list[str]


class PageOut(Schema):
    """Campaigns, newest start first; `next` is the value of `after` for the next page."""

    items: list[CampaignOut]
    next: str | None


class AllocationOut(Schema):
    """The part of the budget that a channel may draw."""

    channel: str
    amount: Decimal
    version: int


class FiguresOut(Schema):
    """A channel's money; `left` is negative when invoices passed its allocation."""

    planned: Decimal
    committed: Decimal
    spent: Decimal
    left: Decimal
    forecast: Decimal


class BudgetOut(Schema):
    """The campaign's money; amounts are decimal texts in `currency` (ISO 4217)."""

    currency: str
    proposed: Decimal
    approved: Decimal | None
    allocated: Decimal
    reserve: Decimal
    committed: Decimal
    spent: Decimal
    version: int
    allocations: dict[str, Decimal]
    channels: dict[str, FiguresOut]


class CampaignDetailOut(CampaignOut):
    """One campaign with its budget."""

    budget: BudgetOut | None


class AllocationIn(Schema):
    """The new amount; with `version` (of the budget) a save in between is answered with 409."""

    amount: Decimal = Field(max_digits=14, decimal_places=2, ge=0)
    version: int | None = None


class ListQuery(Schema):
    """Filters as on the page."""

    text: str = ""
    phase: str = ""
    owner: str = ""
    after: str = ""


@router.get("", response=PageOut, url_name="campaigns")
def list_campaigns(request: HttpRequest, query: Query[ListQuery]) -> dict[str, Any]:
    """Campaigns the person may see."""
    chosen = CampaignFilter.from_query(query.dict())
    page = page_of(chosen, request.user, query.dict())
    return {
        "items": [_item(row) for row in page.rows],
        "next": page.older["after"] if page.older else None,
    }


def _item(row: Row) -> dict[str, Any]:
    return {
        "id": row.pk,
        "name": row.name,
        "phase": row.phase,
        "starts_on": row.starts_on,
        "ends_on": row.ends_on,
        "owner": f"{row.first_name} {row.last_name}".strip() or row.email,
        "regions": sorted((row.codes or "").split()),
    }


@router.get("/{int:pk}", response=CampaignDetailOut, url_name="campaign")
def get_campaign(request: HttpRequest, pk: int) -> dict[str, Any]:
    """One campaign with its budget."""
    campaign = get_object_or_404(Campaign.objects.visible_to(request.user).select_related("owner"), pk=pk)
    regions = campaign.regions.values_list("region__code", flat=True)
    return {
        "id": campaign.pk,
        "name": campaign.name,
        "phase": campaign.phase,
        "starts_on": campaign.starts_on,
        "ends_on": campaign.ends_on,
        "owner": str(campaign.owner),
        "regions": sorted(regions),
        "budget": _money(campaign),
    }


def _money(campaign: Campaign) -> dict[str, Any] | None:
    budget = Budget.objects.filter(campaign=campaign).first()
    if budget is None:
        return None
    names = ("currency", "proposed", "approved", "allocated", "reserve", "committed", "spent", "version")
    rows = budget.allocations.select_related("campaign_channel__channel")
    allocations = {row.campaign_channel.channel.code: row for row in rows}
    figures = {
        code: {name: getattr(row, name) for name in ("committed", "spent", "left", "forecast")}
        | {"planned": row.amount}
        for code, row in allocations.items()
    }
    return {name: getattr(budget, name) for name in names} | {
        "allocations": {code: row.amount for code, row in allocations.items()},
        "channels": figures,
    }


@contextmanager
def at_amount(pk: int) -> Iterator[None]:
    """Errors of the channel's allocation are errors of the field `amount`."""
    try:
        yield
    except ValidationError as error:
        if not hasattr(error, "error_dict"):
            raise
        place = f"allocation.{pk}"
        named = {"amount" if key == place else key: words for key, words in error.message_dict.items()}
        raise ValidationError(named) from error


@router.put("/{int:pk}/allocations/{slug:channel}", response=AllocationOut, url_name="allocation")
def put_allocation(request: HttpRequest, pk: int, channel: str, payload: AllocationIn) -> dict[str, Any]:
    """Set what a channel may draw; 422 at "amount" if the reserve does not suffice."""
    campaign = get_object_or_404(Campaign.objects.visible_to(request.user), pk=pk)
    row = get_object_or_404(CampaignChannel, campaign=campaign, channel__code=channel)
    budget = get_object_or_404(Budget, campaign=campaign)
    with at_amount(row.pk):
        allocate(budget=budget, amounts={row.pk: payload.amount}, by=request.user, expected=payload.version)
    return {"channel": channel, "amount": payload.amount, "version": budget.version}
