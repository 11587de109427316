"""The tabs of a campaign. Higher apps add theirs at start-up; a tab is shown when its address exists."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from accounts.permissions import access_for


@dataclass(frozen=True)
class Tab:
    """A page of a campaign; its address takes the campaign's id."""

    key: str
    label: Any
    url_name: str
    order: int


_tabs: dict[str, Tab] = {}


def register_tab(key: str, label: Any, url_name: str, order: int) -> None:
    """Add a tab, or put another page behind one."""
    _tabs[key] = Tab(key, label, url_name, order)


def tabs_of(campaign_id: int, roles: Collection[str]) -> list[tuple[str, Any, str]]:
    """Key, label and address of each tab that one of the roles opens, in order."""
    found = []
    for tab in sorted(_tabs.values(), key=lambda tab: tab.order):
        row = access_for(tab.url_name)
        if row is None or not row.may_see(roles):
            continue
        try:
            found.append((tab.key, tab.label, reverse(tab.url_name, args=[campaign_id])))
        except NoReverseMatch:
            continue
    return found


register_tab("plan", _("Plan"), "campaigns:detail", 10)
register_tab("message", _("Message"), "campaigns:message", 20)
register_tab("reviews", _("Reviews"), "campaigns:reviews", 30)
register_tab("briefings", _("Briefings"), "briefings:campaign", 40)
register_tab("budget", _("Budget"), "campaigns:budget", 50)
register_tab("kpis", _("KPIs"), "kpis:targets", 60)
register_tab("decisions", _("Decisions"), "campaigns:decisions", 70)
