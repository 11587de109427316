"""Templates of briefings: kept for the whole company, copied with their tokens."""

import difflib
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from briefings.models import Briefing, BriefingTemplate
from briefings.services.content import CONTEXT_TOKENS, stored_questions, written
from briefings.services.writing import FIELDS
from campaigns.models import Fact
from campaigns.services.content import tokens_in
from core.audit import record
from core.concurrency import StaleVersion

SAVED = ("name", "audience", "language", *FIELDS, "questions")


def refuse_unknown_tokens(texts: dict[str, str]) -> None:
    """ValidationError by field, naming every token that is neither CONTEXT_TOKENS nor a fact of any campaign.

    One query for all texts.
    """
    used = {name: tokens_in(text) for name, text in texts.items()}
    wanted = set().union(*used.values()) - set(CONTEXT_TOKENS)
    unknown = wanted - _facts(wanted)
    errors = {name: _unknown(tokens & unknown) for name, tokens in used.items() if tokens & unknown}
    if errors:
        raise ValidationError(errors)


def _facts(keys: Iterable[str]) -> set[str]:
    wanted = list(keys)
    return (
        set(Fact.objects.filter(key__in=wanted).order_by().values_list("key", flat=True)) if wanted else set()
    )


def _unknown(tokens: set[str]) -> str:
    names = ", ".join(map(written, sorted(tokens)))
    words = ngettext("There is no token %(names)s.", "There are no tokens %(names)s.", len(tokens)) % {
        "names": names
    }
    near = difflib.get_close_matches(sorted(tokens)[0], CONTEXT_TOKENS, n=1)
    if near:
        return words + " " + _("Did you mean %(token)s?") % {"token": written(near[0])}
    return words


@transaction.atomic
def save_template(
    *, template: BriefingTemplate, by: User, values: dict[str, Any], expected: int = 0
) -> BriefingTemplate:
    """Save a new template, or a known one as it was at version `expected`.

    Raises ValidationError (by field; "questions" for those) for unknown tokens, a name that is taken and
    the like; StaleVersion if somebody saved it in between.
    """
    for name in SAVED:
        setattr(template, name, values.get(name, getattr(template, name)))
    refuse_unknown_tokens(_texts(template))
    new = template.pk is None
    if new:
        template.author, template.version = by, 1
        template.full_clean()
        template.save()
    else:
        template.full_clean()
        template.save_versioned(expected=expected, fields=SAVED)
    verb = "briefing.template_made" if new else "briefing.template_saved"
    record(by=by, verb=verb, scope=template, name=template.name)
    return template


def _texts(template: BriefingTemplate) -> dict[str, str]:
    asked = "\n".join(text for one in template.questions for text in one.values())
    return {name: getattr(template, name) for name in FIELDS} | {"questions": asked}


@transaction.atomic
def delete_template(*, template: BriefingTemplate, by: User, expected: int) -> None:
    """Delete a template; briefings made from it stay. StaleVersion if somebody saved it in between."""
    kept = BriefingTemplate.objects.select_for_update().filter(pk=template.pk).first()
    if kept is None:
        return
    if kept.version != expected:
        raise StaleVersion(kept)
    record(by=by, verb="briefing.template_deleted", scope=kept, name=kept.name)
    kept.delete()


def from_briefing(briefing: Briefing) -> dict[str, Any]:
    """What a template made from a draft begins with."""
    texts = {name: getattr(briefing, name) for name in FIELDS}
    pairs = [{"question": q, "answer": a} for q, a in stored_questions(briefing)]
    about = {"audience": briefing.audience, "language": briefing.language}
    return texts | about | {"questions": pairs, "name": briefing.title[:120]}
