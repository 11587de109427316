"""What the briefings ask of a launch: published from this release, no mail in doubt, enough confirmed."""

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from briefings.services.due import due_of, due_on
from briefings.services.status import AudienceStatus, TeamGap, campaign_status, gaps
from campaigns.models import CampaignRegion
from campaigns.readiness import Line, Progress, early_checks, launch_checks
from campaigns.services.dossier import Dossier
from core import formats
from core.delivery.states import State

MOST_TEAMS = 3
_TROUBLE = (State.FAILED, State.UNCERTAIN)


def statuses(dossier: Dossier) -> list[AudienceStatus]:
    """The campaign's audiences, read once per dossier."""
    return dossier.once("briefings", lambda: campaign_status(dossier.campaign, dossier.regions))


@early_checks.register("briefings")
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
        "url": f"{reverse('briefings:campaign', args=[dossier.campaign.pk])}#{anchor(status)}",
        "who": dossier.campaign.owner,
        "due": due_on(status.region),
    }
    if not status.entitled:
        title = _("Nobody serves %(audience)s in %(region)s") % place
        detail = _("Name a team that serves this audience here.")
        yield Line(f"briefing.team.{key}", title, Progress.STUCK, detail, **common)
        return
    yield _published_line(dossier, status, key, place, common)
    if status.published:
        common["due"] = status.region.starts_on - timedelta(days=1)
        yield _mail_line(status, key, place, common)
        yield _confirmed_line(dossier, status, key, place, common)


def anchor(status: AudienceStatus) -> str:
    """Where the audience and region stand on the campaign's tab."""
    return f"{status.audience}-{status.region.region.code}"


def is_published(dossier: Dossier, status: AudienceStatus) -> bool:
    """True if the region's language is published, and every published language from this very release."""
    release, language = dossier.campaign.release_id, status.region.region.language
    fresh = [b for b in status.published if b.current.release_id == release]
    main = any(b.language == language for b in fresh)
    return release is not None and main and len(fresh) == len(status.published)


def _published_line(dossier: Dossier, status: AudienceStatus, key: str, place: dict, common: dict) -> Line:
    if is_published(dossier, status):
        title = _("Briefing for %(audience)s in %(region)s is published") % place
        return Line(f"briefing.published.{key}", title, Progress.DONE, **common)
    if dossier.campaign.release_id is None:
        title = _("Briefing for %(audience)s in %(region)s is not published yet") % place
    else:
        title = _("Briefing for %(audience)s in %(region)s is not published from this release") % place
    progress = Progress.IN_WORK if status.briefings else Progress.STUCK
    action = _("Publish") if status.briefings and dossier.campaign.release_id else _("Write")
    # Late or not, the gate alone decides: whoever is briefed on the last day is briefed.
    detail = capfirst(due_of(status.region).words)
    return Line(f"briefing.published.{key}", title, progress, detail, action=action, **common)


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
    ) % {**place, "count": formats.number(count)}
    detail = (
        _("%(count)s of them failed or are in doubt.") % {"count": formats.number(trouble)} if trouble else ""
    )
    progress = Progress.STUCK if trouble else Progress.IN_WORK
    return Line(f"briefing.mail.{key}", title, progress, detail, action=_("See"), **common)


def _confirmed_line(dossier: Dossier, status: AudienceStatus, key: str, place: dict, common: dict) -> Line:
    agreed = dossier.campaign.confirm_share
    figures = {"share": percent(status.share), "agreed": percent(agreed), **place}
    title = _("%(share)s of %(audience)s in %(region)s confirmed, agreed are %(agreed)s") % figures
    key = f"briefing.confirmed.{key}"
    if status.reached(agreed):
        return Line(key, title, Progress.DONE, waivable=True, **common)
    teams = _gaps(dossier).get((status.region.region_id, status.audience.value), [])
    who = next((gap.who for gap in teams if gap.who), common["who"])
    action, progress = (_("Remind"), Progress.IN_WORK) if status.present else ("", Progress.STUCK)
    shown = common | {"who": who, "action": action}
    return Line(key, title, progress, _gap_detail(status, teams), waivable=True, **shown)


def _gap_detail(status: AudienceStatus, teams: list[TeamGap]) -> str:
    if not status.present:
        return _("Everybody is away today.")
    said = ngettext("%(count)s person is missing", "%(count)s people are missing", status.missing)
    said %= {"count": formats.number(status.missing)}
    names = ", ".join(f"{gap.team.name} ({formats.number(gap.missing)})" for gap in teams[:MOST_TEAMS])
    return f"{said}: {names}" if names else said


def _gaps(dossier: Dossier) -> dict[tuple[int, str], list[TeamGap]]:
    return dossier.once("briefing gaps", lambda: gaps(dossier.campaign, dossier.regions))


def percent(value: Decimal) -> str:
    """Percent points with at most one decimal, in the reader's language."""
    return formats.percent(value, 1)
