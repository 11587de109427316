"""Every region's review is approved for exactly the words as they are now; no stored state is trusted."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.enums import Language
from accounts.models import User
from campaigns.enums import ReviewProblem
from campaigns.readiness import Line, Progress, approval_checks
from campaigns.services.dossier import Dossier
from campaigns.services.review_state import Picture, pictures


def review_status(dossier: Dossier) -> list[Picture]:
    """Where each region and language stands; `approved` says whether exactly these words are approved."""
    return pictures(dossier)


@approval_checks.register("reviews")
def review_lines(dossier: Dossier) -> Iterator[Line]:
    """One line per region and language."""
    for picture in review_status(dossier):
        yield _line(dossier, picture)


def _line(dossier: Dossier, picture: Picture) -> Line:
    region, review = picture.campaign_region, picture.review
    progress, who, detail, action = _standing(picture, dossier.campaign.owner)
    return Line(
        key=f"review.{region.region.code}.{picture.language}",
        title=_title(picture),
        progress=progress,
        detail=detail,
        who=who,
        due=review.due_on if review is not None and progress != Progress.DONE else None,
        url=f"{reverse('campaigns:reviews', args=[dossier.campaign.pk])}#{anchor(picture)}",
        action=action,
        region=region,
    )


def anchor(picture: Picture) -> str:
    """Where the tab Reviews shows this region and language."""
    return f"review-{picture.campaign_region.region.code}-{picture.language}"


def _title(picture: Picture) -> str:
    region = picture.campaign_region.region
    if len(region.languages) == 1:
        return _("Regional review %(region)s") % {"region": region.name}
    names = {"region": region.name, "language": Language(picture.language).label}
    return _("Regional review %(region)s, %(language)s") % names


def _standing(picture: Picture, owner: User) -> tuple[Progress, User | None, str, str]:
    """(progress, who acts next, why, what to do)."""
    if picture.approved:
        return Progress.DONE, picture.approval.by, _("Approved as it stands"), ""
    if not picture.shared or picture.review is None:
        return (
            Progress.STUCK,
            owner,
            _("The message has not been shared with this region yet"),
            _("Share the message"),
        )
    if picture.problem is not None:
        return Progress.STUCK, owner, ReviewProblem(picture.problem).label, _("Name a reviewer")
    if not picture.awaits_reviewer:
        return Progress.STUCK, owner, _objections(picture), _("Answer the objections")
    return _with_reviewer(picture)


def _with_reviewer(picture: Picture) -> tuple[Progress, User | None, str, str]:
    reviewer, left = picture.review.reviewer, len(picture.waiting)
    detail = _("Every passage is clear, the approval is missing")
    if left:
        detail = ngettext("%(left)d passage to answer", "%(left)d passages to answer", left) % {"left": left}
    if not picture.passages:
        detail = _("There is no text for this region yet")
    if picture.overdue:
        return (
            Progress.STUCK,
            reviewer,
            _("The answer is overdue. %(detail)s") % {"detail": detail},
            _("Look"),
        )
    return Progress.IN_WORK, reviewer, detail, _("Look")


def _objections(picture: Picture) -> str:
    open_ones = len(picture.objections)
    return ngettext("%(open)d passage is not clear", "%(open)d passages are not clear", open_ones) % {
        "open": open_ones
    }
