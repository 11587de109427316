"""What the briefings ask of a launch: published from this release, no mail in doubt, enough confirmed."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from briefings.services.status import AudienceStatus, campaign_status
from campaigns.models import CampaignRegion
from campaigns.readiness import Line, Progress, launch_checks
from campaigns.services.dossier import Dossier
from core.delivery.states import State

DUE_DAYS = 5
_TROUBLE = (State.FAILED, State.UNCERTAIN)


def working_days_before(day: date, days: int) -> date:
    """The date `days` working days (Monday to Friday) before `day`."""
    while days:
        day -= timedelta(days=1)
        days -= day.weekday() < 5
    return day


def statuses(dossier: Dossier) -> list[AudienceStatus]:
    """The campaign's audiences, read once per dossier."""
    if not hasattr(dossier, "briefing_statuses"):
        dossier.briefing_statuses = campaign_status(dossier.campaign, dossier.regions)
    return dossier.briefing_statuses


@launch_checks.register("briefings")
def briefing_lines(dossier: Dossier, region: CampaignRegion) -> Iterable[Line]:
    """Three conditions per audience: a serving team, published from this release, told and confirmed."""
    for status in statuses(dossier):
        if status.region.pk == region.pk:
            yield from _audience_lines(dossier, status)


def _audience_lines(dossier: Dossier, status: AudienceStatus) -> Iterable[Line]:
    place = {"audience": status.audience.label, "region": status.region.region.code}
    key = f"{status.audience}.{status.region.region.code}"
    common = {
        "region": status.region,
        "url": reverse("briefings:campaign", args=[dossier.campaign.pk]),
        "who": dossier.campaign.owner,
        "due": working_days_before(status.region.starts_on, DUE_DAYS),
    }
    if not status.entitled:
        title = _("Nobody serves %(audience)s in %(region)s") % place
        detail = _("Name a team that serves this audience here.")
        yield Line(f"briefing.team.{key}", title, Progress.STUCK, detail, **common)
        return
    yield _published_line(dossier, status, key, place, common)
    if status.published:
        yield _mail_line(status, key, place, common)
        yield _confirmed_line(dossier, status, key, place, common)


def _published_line(dossier: Dossier, status: AudienceStatus, key: str, place: dict, common: dict) -> Line:
    release = dossier.campaign.release_id
    region = status.region.region
    main = [b for b in status.published if b.language == region.language and b.current.release_id == release]
    if main and all(b.current.release_id == release for b in status.published):
        title = _("Briefing for %(audience)s in %(region)s is published") % place
        return Line(f"briefing.published.{key}", title, Progress.DONE, **common)
    title = _("Briefing for %(audience)s in %(region)s is not published from this release") % place
    progress = Progress.IN_WORK if status.briefings else Progress.STUCK
    return Line(f"briefing.published.{key}", title, progress, action=_("Write"), **common)


def _mail_line(status: AudienceStatus, key: str, place: dict, common: dict) -> Line:
    count = sum(status.unsettled.values())
    if not count:
        title = _("Every mail to %(audience)s in %(region)s has gone out") % place
        return Line(f"briefing.mail.{key}", title, Progress.DONE, **common)
    trouble = sum(status.unsettled.get(state, 0) for state in _TROUBLE)
    title = ngettext(
        "%(count)s mail to %(audience)s in %(region)s is still open",
        "%(count)s mails to %(audience)s in %(region)s are still open",
        count,
    ) % {**place, "count": count}
    detail = _("%(count)s of them failed or are in doubt.") % {"count": trouble} if trouble else ""
    progress = Progress.STUCK if trouble else Progress.IN_WORK
    return Line(f"briefing.mail.{key}", title, progress, detail, action=_("See"), **common)


def _confirmed_line(dossier: Dossier, status: AudienceStatus, key: str, place: dict, common: dict) -> Line:
    agreed = dossier.campaign.confirm_share
    figures = {"share": _number(status.share), "agreed": _number(agreed), **place}
    title = _("%(share)s %% of %(audience)s in %(region)s confirmed, agreed are %(agreed)s %%") % figures
    if status.reached(agreed):
        return Line(f"briefing.confirmed.{key}", title, Progress.DONE, waivable=True, **common)
    detail = ngettext("%(count)s person is missing.", "%(count)s people are missing.", status.missing) % {
        "count": status.missing
    }
    if not status.present:
        detail = _("Everybody is away today.")
    progress = Progress.IN_WORK if status.present else Progress.STUCK
    return Line(
        f"briefing.confirmed.{key}", title, progress, detail, action=_("Remind"), waivable=True, **common
    )


def _number(value: object) -> str:
    from babel.numbers import format_decimal
    from django.utils.translation import get_language

    return format_decimal(value, locale=(get_language() or "en").replace("-", "_"))
