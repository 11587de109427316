"""The history of core message, facts and variants: every change is a version with its author."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from accounts.models import Region, User
from campaigns.enums import Content, FactKind
from campaigns.models import Campaign, ContentVersion
from campaigns.services import content
from campaigns.services.content import DEFAULT, canonical_hash, show_value


def append(
    *, campaign: Campaign, kind: Content, object_id: int, now: dict, by: User
) -> ContentVersion | None:
    """Add a version if `now` differs from the last one; call it with the campaign locked."""
    last = history(kind=kind, object_id=object_id).first()
    seen = canonical_hash(now)
    if last is not None and last.content_hash == seen:
        return None
    return ContentVersion.objects.create(
        campaign=campaign,
        kind=kind,
        object_id=object_id,
        number=last.number + 1 if last else 1,
        content=now,
        content_hash=seen,
        author=by,
    )


def append_first(*, campaign: Campaign, kind: Content, rows: Iterable[tuple[int, dict]], by: User) -> None:
    """The first versions of many new objects, given as (id, content), in one statement."""
    ContentVersion.objects.bulk_create(
        ContentVersion(
            campaign=campaign,
            kind=kind,
            object_id=object_id,
            number=1,
            content=now,
            content_hash=canonical_hash(now),
            author=by,
        )
        for object_id, now in rows
    )


def history(*, kind: str, object_id: int) -> Any:
    """All versions of one object, newest first (a queryset)."""
    found = ContentVersion.objects.filter(kind=kind, object_id=object_id)
    return found.select_related("author").order_by("-number")


def as_of(versions: Iterable[ContentVersion], kind: str, object_id: int, moment: datetime) -> dict | None:
    """What one object said at a moment; None when it did not exist or its history begins later."""
    then = [
        version
        for version in versions
        if version.kind == kind and version.object_id == object_id and version.at <= moment
    ]
    return max(then, key=lambda version: version.number).content if then else None


def texts(kind: str, said: dict[str, Any], regions: dict[str, Region], language: str) -> dict[str, str]:
    """A version in words, by part: what a reader compares. `regions` by id as text, `language` for values."""
    if kind == Content.FACT:
        return _fact_texts(said, regions, language)
    names = content.CORE_FIELDS if kind == Content.CORE else content.VARIANT_FIELDS
    return {name: said.get(name, "") for name in names}


def _fact_texts(said: dict[str, Any], regions: dict[str, Region], language: str) -> dict[str, str]:
    kind = said.get("kind", FactKind.TEXT)
    shown = {"label": said.get("label", "")}
    shown |= {f"label.{code}": text for code, text in said.get("labels", {}).items()}
    for where, value in sorted(
        said.get("values", {}).items(), key=lambda item: (item[0] != DEFAULT, item[0])
    ):
        name = where if where == DEFAULT or where not in regions else regions[where].code
        shown[name] = show_value(kind, value, language)
    return shown
