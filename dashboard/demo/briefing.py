"""The briefings of a demo campaign: written, published to everybody concerned, understood and confirmed."""

from collections.abc import Iterable
from typing import Any

from accounts.enums import Audience
from accounts.models import User
from briefings.enums import Part
from briefings.models import Briefing, BriefingVersion, InboxItem
from briefings.services import checking
from briefings.services.confirming import confirm
from briefings.services.publishing import publish
from briefings.services.training import refresh
from briefings.services.writing import draft_briefing, save_briefing
from campaigns.models import Campaign, CampaignRegion
from campaigns.services.content import canonical_hash

Row = dict[str, Any]


def publish_all(campaign: Campaign, row: Row, by: User) -> None:
    """Publish the briefing of every audience in the regions that `brief` names, in the region's language."""
    wanted = row.get("brief", list(row["regions"]))
    for region in campaign.regions.filter(region__code__in=wanted).select_related("region", "campaign"):
        for audience in Audience:
            _publish(region, audience, row["briefing"][region.region.language], by)


def _publish(region: CampaignRegion, audience: Audience, texts: Row, by: User) -> None:
    language, code = region.region.language, region.region.code
    briefing, _made = draft_briefing(campaign_region=region, audience=audience, language=language, by=by)
    # What is said of an audience or region counts more than what is said to all.
    said = texts | texts.get(audience.value, {}) | texts.get(code, {})
    briefing = save_briefing(
        briefing=briefing,
        by=by,
        expected=briefing.version,
        texts={name: said[name].strip() for name in ("title", *Part.values) if name in said},
        questions=[{"question": one[0], "answer": one[1]} for one in said.get("questions", [])],
        understanding=[_check(one) for one in said.get("check", [])],
    )
    publish(briefing=briefing, by=by, expected=briefing.version)


def _check(row: Row) -> Row:
    """A question of the check; an option that is right begins with "= " in the file."""
    options = [{"text": text.removeprefix("= "), "right": text.startswith("= ")} for text in row["options"]]
    several = sum(option["right"] for option in options) > 1
    key = canonical_hash(row["question"])[:32]
    said = {"question": row["question"], "explanation": row["explanation"]}
    return {"key": key, "multiple": several, "options": options, **said}


def confirm_all(campaign: Campaign, *, but: set[str], misread: dict[str, str]) -> None:
    """Everybody briefed answers the check and confirms, except the people with the addresses `but`.

    Who is in `misread` chooses the wrong option that begins so at the first try, where one does.
    """
    for briefing in Briefing.objects.filter(campaign=campaign, current__isnull=False).select_related(
        "current"
    ):
        items = InboxItem.objects.filter(version=briefing.current).select_related("user")
        for item in items.exclude(user__email__in=but):
            _understand(briefing.current, item.user, misread.get(item.user.email, ""))
            confirm(version=briefing.current, user=item.user)


def _understand(version: BriefingVersion, user: User, misread: str) -> None:
    for asked in checking.questions_of(version):
        wrong = [one["key"] for one in asked["options"] if misread and one["text"].startswith(misread)]
        for chosen in (wrong, asked["right"]):
            if chosen:
                checking.answer(version=version, user=user, key=asked["key"], chosen=chosen)


def refresh_all(campaign: Campaign, people: Iterable[User]) -> None:
    """These people read once more what is due for them."""
    for item in InboxItem.objects.current().filter(version__briefing__campaign=campaign, user__in=people):
        refresh(version=item.version, user=item.user)
