"""The pages of the portfolio: campaigns by goal and quarter, load, warnings."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.models import User
from accounts.permissions import can
from campaigns.enums import Phase
from campaigns.models import Campaign
from campaigns.views.listing import places
from core import formats
from dashboard.calendar.chosen import MINE, TIMELINE, monday
from dashboard.calendar.chosen import Chosen as CalendarChosen
from dashboard.enums import Rule
from dashboard.portfolio.chosen import (
    LOADED,
    SPANS,
    WEEKS,
    Chosen,
    Filtered,
    LoadChosen,
    quarter_words,
)
from dashboard.portfolio.facts import DAY
from dashboard.portfolio.load import Map, behind, load_map
from dashboard.portfolio.overview import LONG, PREPARING, RUNNING, Overview, filtered, overview
from dashboard.portfolio.results import results_for
from dashboard.portfolio.showing import Warnings, warnings_between

FIRST_WARNINGS, WARNINGS = 4, 20
SERIOUS = (Rule.OFFER, Rule.TARGET)


@require_GET
def portfolio(request: HttpRequest) -> HttpResponse:
    """All campaigns of some quarters by goal, with their money; the most serious warnings."""
    chosen = Chosen.from_query(request.GET, timezone.localdate())
    view = overview(chosen, request.user)
    context = {
        "chosen": chosen,
        "view": view,
        "title": period_words(chosen),
        "spans": span_words(chosen),
        "quarters": [(quarter, quarter_words(quarter)) for quarter in chosen.columns],
        "selects": selects(chosen),
        "earlier": chosen.stepped(-1),
        "later": chosen.stepped(1),
        "reset": chosen.url(region=None, channel=None, state="", owner="", goal=""),
        "may_create": can(request.user, "campaign.create"),
    }
    if chosen.goal:
        return render(request, "dashboard/portfolio/goal.html", context | goal_context(chosen, view))
    found = warnings_of(chosen, request.user, {row.pk for row in view.rows} if chosen.filters else None)
    shown = [row for group in view.groups for _quarter, rows in group.by_quarter for row in rows]
    context |= {
        "results": results_for(shown),
        "warnings": found.in_words(found.open[:FIRST_WARNINGS]),
        "warned": len(found.open),
        "serious": sum(one.rule in SERIOUS for one in found.open),
        "set_aside": len(found.aside),
        "warnings_url": chosen.address("portfolio_warnings", page=1),
        "preparing": view.number(*PREPARING),
        "running": view.number(*RUNNING),
        "over": view.number(Phase.FINISHED, Phase.EVALUATED),
        "unfold": len(view.rows) <= 40,
    }
    return render(request, "dashboard/portfolio/page.html", context)


def goal_context(chosen: Chosen, view: Overview) -> dict[str, Any]:
    """The campaigns of one goal, page by page; an unknown goal has none."""
    group = next((one for one in view.groups if one.key == chosen.goal), None)
    page = Paginator(group.rows if group else [], LONG).get_page(chosen.page)
    return {
        "group": group,
        "rows": page.object_list,
        "results": results_for(page.object_list),
        "back_url": chosen.url(goal=""),
        **pages_of(page, chosen.url),
    }


def pages_of(page: Page, url: Callable[..., str]) -> dict[str, str]:
    """What components/pagination.html needs; `url(page=2)` is the address of a page."""
    params = {"number": page.number, "pages": page.paginator.num_pages}
    return {
        "newer": url(page=page.number - 1) if page.has_previous() else "",
        "older": url(page=page.number + 1) if page.has_next() else "",
        "total": _("Page %(number)s of %(pages)s") % params if page.has_other_pages() else "",
    }


def warnings_of(chosen: Chosen, user: User, about: set[int] | None) -> Warnings:
    """The warnings of the period; `about` (ids) keeps those that concern one of these campaigns."""
    found = warnings_between(user, *chosen.period, chosen.today)
    if about is not None:
        found.open = [one for one in found.open if any(plan.pk in about for plan in one.campaigns)]
        found.aside = [one for one in found.aside if any(plan.pk in about for plan in one.campaigns)]
    return found


def period_words(chosen: Chosen) -> str:
    """`Q4 2026` or `Q4 2026 – Q3 2027`."""
    first, last = chosen.columns[0], chosen.columns[-1]
    if first == last:
        return quarter_words(first)
    return f"{quarter_words(first)} – {quarter_words(last)}"


def span_words(chosen: Chosen) -> list[tuple[str, str, bool]]:
    """Address, word and whether it is the current one, for each length."""
    labels = dict(zip(SPANS, (_("Quarter"), _("Half-year"), _("Year")), strict=True))
    return [(chosen.url(quarters=number), word, chosen.quarters == number) for number, word in labels.items()]


Select = tuple[str, str, str, list[tuple[str, str]]]


def selects(chosen: Filtered) -> list[Select]:
    """Name, label, chosen value and options of each filter (two queries)."""
    regions, channels = places()
    owners = [
        (str(one.pk), str(one))
        for one in User.objects.filter(pk__in=Campaign.objects.order_by().values("owner").distinct())
    ]
    return [
        ("region", _("Region"), str(chosen.region or ""), [("", _("All regions")), *regions]),
        ("channel", _("Channel"), str(chosen.channel or ""), [("", _("All channels")), *channels]),
        ("state", _("State"), chosen.state, [("", _("All states")), *Phase.choices]),
        (
            "owner",
            _("Owner"),
            chosen.owner,
            [("", _("Everybody")), (MINE, _("My campaigns")), *owners],
        ),
    ]


# --- load -------------------------------------------------------------------------------------------------


def by_words(rule: Rule) -> str:
    """What the load is counted by."""
    return {
        Rule.TARGET: _("Target group"),
        Rule.REGION: _("Region"),
        Rule.CHANNEL: _("Channel"),
        Rule.TEAM: _("Team"),
        Rule.EXPERT: _("Channel expert"),
        Rule.OWNER: _("Owner"),
    }[rule]


@require_GET
def load(request: HttpRequest) -> HttpResponse:
    """How many campaigns are going on at once, by week."""
    chosen = LoadChosen.from_query(request.GET, timezone.localdate())
    found = load_map(chosen, request.user)
    spans = dict(zip(WEEKS, (_("Quarter"), _("Half-year"), _("Year")), strict=True))
    context = {
        "chosen": chosen,
        "map": found,
        "by": by_words(chosen.rule),
        "kinds": [(chosen.url(by=rule.value), by_words(rule), rule == chosen.rule) for rule in LOADED],
        "spans": [(chosen.url(weeks=weeks), word, chosen.weeks == weeks) for weeks, word in spans.items()],
        "weeks": [(day, day.isocalendar().week, day == monday(chosen.today)) for day in chosen.mondays],
        "selects": selects(chosen),
        "earlier": chosen.stepped(-1),
        "later": chosen.stepped(1),
        "now": chosen.url(on=None),
        "reset": chosen.url(region=None, channel=None, state="", owner=""),
        "title": formats.date_range(chosen.first, chosen.last),
        **cell_context(found),
    }
    return render(request, "dashboard/portfolio/load.html", context)


def cell_context(found: Map) -> dict[str, Any]:
    """The campaigns behind the open cell."""
    chosen, rows = found.chosen, behind(found)
    if not rows:
        return {}
    line = next((one.name for one in found.lines if one.pk == int(chosen.open)), "")
    calendar = CalendarChosen(
        TIMELINE,
        chosen.today,
        on=chosen.week,
        region=int(chosen.open) if chosen.rule == Rule.REGION else chosen.region,
        channel=int(chosen.open) if chosen.rule == Rule.CHANNEL else chosen.channel,
        target=int(chosen.open) if chosen.rule == Rule.TARGET else None,
        owner=chosen.open if chosen.rule == Rule.OWNER else chosen.owner,
        state=chosen.state,
    )
    on_calendar = chosen.rule in (Rule.TARGET, Rule.REGION, Rule.CHANNEL, Rule.OWNER)
    return {
        "cell_name": line,
        "cell_week": _("Week %(week)s, %(days)s")
        % {
            "week": chosen.week.isocalendar().week,
            "days": formats.date_range(chosen.week, chosen.week + 6 * DAY),
        },
        "cell_rows": [(plan, Phase(plan.phase), codes) for plan, codes in rows],
        "close_url": chosen.url(),
        "calendar_url": calendar.url() if on_calendar else "",
    }


# --- warnings ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class WarnChosen(Chosen):
    """The list of warnings: of one rule, or all."""

    rule: str = ""
    aside: str = ""


@require_GET
def warnings(request: HttpRequest) -> HttpResponse:
    """All warnings of the period, the most serious first."""
    base = Chosen.from_query(request.GET, timezone.localdate())
    rule = request.GET.get("rule", "")
    rule = rule if rule in Rule.values else ""
    aside = bool(request.GET.get("aside"))
    about = None
    if base.filters:
        ids = filtered(Campaign.objects.visible_to(request.user), base, request.user)
        first, last = base.period
        about = set(ids.filter(starts_on__lte=last, ends_on__gte=first).values_list("pk", flat=True))
    found = warnings_of(base, request.user, about)
    return render(
        request, "dashboard/portfolio/warnings.html", warnings_context(base, found, rule, aside=aside)
    )


def warnings_context(base: Chosen, found: Warnings, rule: str, *, aside: bool) -> dict[str, Any]:
    """One page of the warnings."""
    listed = found.aside if aside else found.open
    kept = [one for one in listed if not rule or one.rule == rule]
    page = Paginator(kept, WARNINGS).get_page(base.page)
    chosen = WarnChosen(**vars(base) | {"rule": rule, "aside": "1" if aside else "", "page": page.number})

    def url(**changes: object) -> str:
        return chosen.address("portfolio_warnings", **({"page": 1} | changes))

    counts = {one: sum(warned.rule == one for warned in listed) for one in Rule}
    rules = [(url(rule=one.value), one, number, one == rule) for one, number in counts.items() if number]
    return {
        "chosen": chosen,
        "title": period_words(base),
        "warnings": found.in_words(page.object_list),
        "rules": rules,
        "all_url": url(rule=""),
        "count": len(listed),
        "rule": rule,
        "aside": aside,
        "open_url": url(aside="", rule=""),
        "aside_url": url(aside="1", rule=""),
        "open_count": len(found.open),
        "aside_count": len(found.aside),
        **pages_of(page, url),
        "back_url": base.url(),
    }


@require_GET
def campaign_warnings(request: HttpRequest, pk: int) -> HttpResponse:
    """The warnings about one campaign, for its page (htmx); nothing where there are none."""
    campaign = get_object_or_404(Campaign.objects.visible_to(request.user), pk=pk)
    today = timezone.localdate()
    found = warnings_between(request.user, campaign.starts_on, campaign.ends_on, today, about=campaign.pk)
    shown = found.in_words([*found.open, *found.aside])
    standing = [one for one in shown if not one.aside]
    context = {
        "campaign": campaign,
        "own": [one for one in standing if one.warned.subject.pk == pk],
        "others": [one for one in standing if one.warned.subject.pk != pk],
        "aside": [one for one in shown if one.aside],
        "back": reverse("campaigns:detail", args=[campaign.pk]),
    }
    return render(request, "dashboard/portfolio/campaign_card.html", context)
