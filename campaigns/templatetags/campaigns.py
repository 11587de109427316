"""What stands above every page of a campaign: way back, name, state, facts, tabs."""

from dataclasses import dataclass
from typing import Any

from django import template
from django.forms import BoundField
from django.template.loader import render_to_string
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.permissions import access_for
from campaigns.enums import Phase, Running
from campaigns.models import Campaign, CampaignRegion
from campaigns.panels import Panel
from campaigns.services.dossier import Dossier
from campaigns.tabs import tabs_of

register = template.Library()
SOON_DAYS = 7


@dataclass(frozen=True)
class RegionMark:
    """A region in the head; `running` only where the regions are not all alike."""

    code: str
    name: str
    running: Running | None


@register.simple_tag(takes_context=True)
def openable(context: template.Context, url: str) -> str:
    """`{% openable url as to %}`: the address if the reader's roles open its page, else nothing to click."""
    request = getattr(context, "request", None) or context.get("request")
    if not url or request is None:
        return url
    try:
        row = access_for(resolve(url.partition("#")[0].partition("?")[0]).view_name)
    except Resolver404:
        return url
    return url if row is None or row.may_see(request.user.rights.roles) else ""


@register.inclusion_tag("campaigns/head.html", takes_context=True)
def campaign_head(
    context: template.Context, campaign: Campaign, current: str, dossier: Dossier | None = None, h1: str = ""
) -> dict[str, Any]:
    """`{% campaign_head campaign "message" dossier %}`: `current` is the tab's key, `h1` another heading."""
    parts = dossier or Dossier(campaign)
    roles = context["request"].user.rights.roles
    return {
        "campaign": campaign,
        # Staff who are invited to one campaign have no list of campaigns.
        "lists": access_for("campaigns:list").may_see(roles),
        "phase": Phase(campaign.phase),
        "regions": region_marks(parts.regions),
        "channels": [(row.channel, row.expert is None) for row in parts.channels],
        "countdown": countdown(campaign, parts.regions),
        "tabs": tabs_of(campaign.pk, roles),
        "current": current,
        "actions": context.get("head_actions", ()),
        "csrf": context.get("csrf_token", ""),
        "h1": h1,
    }


def region_marks(regions: list[CampaignRegion]) -> list[RegionMark]:
    """The regions by code, each with its running state if they differ."""
    differ = len({row.running for row in regions}) > 1
    return [
        RegionMark(row.region.code, str(row.region), Running(row.running) if differ else None)
        for row in regions
    ]


def countdown(campaign: Campaign, regions: list[CampaignRegion]) -> tuple[str, bool]:
    """Words on when it starts or ends, and whether that is soon; empty once it is over."""
    if campaign.phase in (Phase.CANCELLED, Phase.EVALUATED, Phase.FINISHED):
        return "", False
    today = timezone.localdate()
    first = min((row.starts_on for row in regions), default=campaign.starts_on)
    days = (first - today).days
    if days > 0:
        words = ngettext("Starts in %(days)d day", "Starts in %(days)d days", days) % {"days": days}
        return words, days <= SOON_DAYS
    if days == 0:
        return _("Starts today"), True
    left = (max((row.ends_on for row in regions), default=campaign.ends_on) - today).days
    if left < 0:
        return "", False
    words = (
        ngettext("%(days)d day left", "%(days)d days left", left) % {"days": left} if left else _("Last day")
    )
    return words, left <= SOON_DAYS


@register.simple_tag
def row_input(field: BoundField, css: str = "form-control") -> SafeString:
    """An input of a row without a visible label; its label is read out, its errors stand below."""
    widget = field.field.widget
    classes = f"{css} {widget.attrs.get('class', '')} {'is-invalid' if field.errors else ''}".strip()
    html = field.as_widget(attrs={"class": classes, "aria-label": str(field.label)})
    return format_html("{}{}", html, row_errors(field))


@register.simple_tag
def row_errors(field: BoundField) -> SafeString | str:
    """The errors of a field, where its input refers to them."""
    if not field.errors:
        return ""
    words = " ".join(str(error) for error in field.errors)
    return format_html('<div class="invalid-feedback d-block" id="{}_error">{}</div>', field.auto_id, words)


@register.simple_tag(takes_context=True)
def show_panel(context: template.Context, panel: Panel) -> SafeString:
    """A registered card; its template gets what the panel brought, the campaign and the person."""
    own = {"campaign": context["campaign"], "user": context.get("user"), "context": panel.context}
    return render_to_string(panel.template, own | panel.context, request=context.get("request"))
