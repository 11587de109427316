"""`{% load decisions %}{% decisions_about campaign "budget" %}`: what was decided where it applies."""

from typing import Any

from django import template
from django.db.models import Q

from accounts.permissions import can
from campaigns.enums import DecisionKind
from campaigns.models import Campaign, Decision
from campaigns.views.decisions import write_url

register = template.Library()
MOST = 12
TOPICS = {
    "all": Q(),
    "budget": Q(budget_round__isnull=False),
    "channels": Q(channel__isnull=False),
    "gate": Q(exception__isnull=False) & Q(kind=DecisionKind.GENERAL),
}


@register.inclusion_tag("campaigns/decisions/about.html", takes_context=True)
def decisions_about(
    context: template.Context, campaign: Campaign, topic: str, write: bool = True
) -> dict[str, Any]:
    """Decisions about a part of the campaign that the person may read (one query); `write` offers more."""
    user = context["request"].user
    found = Decision.objects.visible_to(user).filter(TOPICS[topic], campaign=campaign)
    rows = list(found.select_related("superseded_by", "channel")[:MOST])
    return {
        "rows": rows,
        "topic": topic,
        "write_url": write_url(campaign, user) if write and can(user, "decision.write") else "",
    }
