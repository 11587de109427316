"""The side panel: what an entry is, and the forms that change it."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import can
from campaigns.enums import Phase
from campaigns.models import Campaign, CampaignChannel, CampaignRegion, Flight
from campaigns.services.flight_rows import hours_of, hours_words
from campaigns.services.plan_rules import is_open
from core import audit
from core.models import AuditEvent
from dashboard.calendar.chosen import Chosen
from dashboard.calendar.forms import HoursFormSet, NewFlightForm, PeriodForm, hours_initial
from dashboard.calendar.rows import CAMPAIGN, FLIGHT, REGION, Rows

Moved = Campaign | Flight | CampaignRegion


@dataclass
class Panel:
    """What the panel's template shows. A form that has to be corrected takes the place of a fresh one."""

    chosen: Chosen
    user: User
    item: Moved
    clash: str = ""
    form: Any = None
    new_flight: Any = None
    hours: Any = None
    notice: str = ""
    status: int = 200
    shown: dict[str, Any] = field(default_factory=dict)

    @property
    def campaign(self) -> Campaign:
        """The campaign that it is, or that the flight belongs to."""
        return campaign_of(self.item)

    @property
    def key(self) -> str:
        """As in addresses: `c12` or `f7`; a region stands in the panel of its campaign."""
        return f"{FLIGHT}{self.item.pk}" if isinstance(self.item, Flight) else f"{CAMPAIGN}{self.campaign.pk}"

    @property
    def may_edit(self) -> bool:
        """Whether the person has the right, open plan or not."""
        return can(self.user, "campaign.edit", self.campaign)

    def context(self) -> dict[str, Any]:
        """Everything for the template."""
        campaign, flight = self.campaign, self.item if isinstance(self.item, Flight) else None
        channels = list(
            campaign.channels.select_related("channel", "expert").prefetch_related("flights__dayparts")
        )
        movable = self.may_edit and is_open(campaign)
        now = {
            "starts_on": self.item.starts_on,
            "ends_on": self.item.ends_on,
            "version": version_of(self.item),
        }
        found = {
            "panel": self,
            "campaign": campaign,
            "flight": flight,
            "phase": Phase(campaign.phase),
            "regions": list(campaign.regions.select_related("region")),
            "targets": list(campaign.target_groups.all()),
            "channels": channels,
            "movable": movable,
            "form": self.form or PeriodForm(initial=now, auto_id="id_panel_%s"),
            "close_url": self.chosen.url(),
            "back": self.chosen.query(),
            "page": self.chosen.page,
        }
        if flight:
            found["hours_words"] = [hours_words(one) for one in hours_of(flight)]
            if movable:
                initial = hours_initial(hours_of(flight))
                found["hours"] = self.hours or HoursFormSet(initial=initial, prefix="hours")
        elif movable and channels:
            rows = [(row.pk, str(row.channel)) for row in channels]
            begin = {"starts_on": campaign.starts_on, "ends_on": campaign.ends_on}
            found["new_flight"] = self.new_flight or NewFlightForm(
                initial=begin, rows=rows, auto_id="id_new_%s"
            )
        return found


def campaign_of(item: Moved) -> Campaign:
    """The campaign itself, or that of a flight or region."""
    if isinstance(item, Campaign):
        return item
    return item.campaign if isinstance(item, CampaignRegion) else item.campaign_channel.campaign


def item_of(user: User, key: str) -> Moved:
    """What is behind a key such as `f7`; 404 when the person may not see it."""
    if (
        key[:1] not in (CAMPAIGN, FLIGHT, REGION)
        or not key[1:].isascii()
        or not key[1:].isdecimal()
        or len(key) > 16
    ):
        raise Http404
    campaigns = visible_campaigns(user)
    if key[0] == CAMPAIGN:
        return get_object_or_404(campaigns, pk=int(key[1:]))
    if key[0] == REGION:
        region = get_object_or_404(CampaignRegion.objects.select_related("region"), pk=int(key[1:]))
        region.campaign = get_object_or_404(campaigns, pk=region.campaign_id)
        return region
    flights = Flight.objects.select_related("campaign_channel__channel", "campaign_channel__expert")
    flight = get_object_or_404(flights, pk=int(key[1:]))
    flight.campaign_channel.campaign = get_object_or_404(campaigns, pk=flight.campaign_channel.campaign_id)
    return flight


def visible_campaigns(user: User) -> QuerySet[Campaign]:
    """What the person may open, with the owner."""
    return Campaign.objects.visible_to(user).select_related("owner", "release")


def panel_for(chosen: Chosen, user: User, key: str, rows: Rows) -> Panel:
    """The panel of an entry; its conflict is the one that the page marks."""
    item = item_of(user, key)
    for entry in (*rows.campaigns, *rows.flights):
        if entry.key == key:
            return Panel(chosen, user, item, clash=entry.clash)
    return Panel(chosen, user, item)


def who_changed(item: Moved) -> tuple[str, Any]:
    """Who changed it last and when, as far as the log knows: for the words about a conflict."""
    events = AuditEvent.objects.select_related("actor")
    whole = item if isinstance(item, Flight) else campaign_of(item)
    mine = {"subject" if isinstance(item, Flight) else "scope": audit.scope_of(whole)}
    last = events.filter(**mine).order_by("-pk").first()
    return (str(last.actor) if last and last.actor else _("Somebody"), whole.changed_at)


def version_of(item: Moved) -> int:
    """The version that a move must have seen: a region's is its campaign's."""
    return item.version if isinstance(item, Flight) else campaign_of(item).version


def regions_now(campaign: Campaign) -> dict[int, tuple[date, date]]:
    """The days of its regions, by the region: what undoing a campaign's move puts back."""
    rows = CampaignRegion.objects.filter(campaign=campaign)
    return {pk: (first, last) for pk, first, last in rows.values_list("region_id", "starts_on", "ends_on")}


def row_of(campaign: Campaign, pk: str) -> CampaignChannel:
    """One of the campaign's channels, or 404."""
    return get_object_or_404(campaign.channels.select_related("channel"), pk=pk if pk.isdecimal() else 0)
