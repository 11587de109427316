"""Taking words over into a draft: from the campaign as it stands now, from a template, from another briefing.

Nothing is overwritten: every part that reads differently is shown with both texts, and the author picks.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from briefings.enums import Part
from briefings.errors import SourceChanged
from briefings.models import Briefing, BriefingTemplate
from briefings.services.composing import compose
from briefings.services.content import Content, QuestionPair, stored_questions
from briefings.services.writing import FIELDS, write_questions
from campaigns.services.content import canonical_hash
from core.audit import record

CAMPAIGN, TEMPLATE, BRIEFING = "campaign", "template", "briefing"


@dataclass(frozen=True)
class Source:
    """Words to start from. `ref` is its address ("campaign", "template-3", "briefing-7")."""

    ref: str
    name: str
    texts: dict[str, str]
    questions: list[QuestionPair]
    check: list[Content] = field(default_factory=list)

    @property
    def seal(self) -> str:
        """Differs as soon as the source says something else."""
        return canonical_hash([self.texts, self.questions, self.check])


@dataclass(frozen=True)
class Proposal:
    """A part that reads differently. `take`: the author has not written anything there that would be lost."""

    field: str
    label: str
    mine: str
    theirs: str
    take: bool


def source_of(briefing: Briefing, user: User, ref: str) -> Source | None:
    """What `ref` names, None if there is no such thing for this person."""
    kind, _dash, pk = ref.partition("-")
    if ref == CAMPAIGN:
        return _from_campaign(briefing)
    if not pk.isdecimal() or len(pk) > 9:
        return None
    if kind == TEMPLATE:
        template = BriefingTemplate.objects.visible_to(user).filter(pk=pk).first()
        return _from_template(template) if template else None
    if kind == BRIEFING:
        found = Briefing.objects.visible_to(user).exclude(pk=briefing.pk)
        other = found.select_related("campaign_region__region", "campaign").filter(pk=pk).first()
        return _from_briefing(other) if other else None
    return None


def _from_campaign(briefing: Briefing) -> Source:
    made = compose(briefing.campaign_region, briefing.audience, briefing.language)
    return Source(CAMPAIGN, str(briefing.campaign), made.fields, made.questions)


def _from_template(template: BriefingTemplate) -> Source:
    pairs = [(one["question"], one["answer"]) for one in template.questions]
    return Source(f"{TEMPLATE}-{template.pk}", template.name, _texts(template), pairs)


def _from_briefing(other: Briefing) -> Source:
    name = _("%(audience)s, %(region)s, %(language)s: %(campaign)s") % {
        "audience": other.get_audience_display(),
        "region": other.campaign_region.region,
        "language": other.get_language_display(),
        "campaign": other.campaign,
    }
    pairs = stored_questions(other)
    return Source(f"{BRIEFING}-{other.pk}", name, _texts(other), pairs, other.understanding)


def _texts(record_: Briefing | BriefingTemplate) -> dict[str, str]:
    return {name: getattr(record_, name) for name in FIELDS}


def proposals(briefing: Briefing, source: Source) -> list[Proposal]:
    """The parts in which the source says something else, in the order of the briefing.

    Of the campaign only what changed there since the draft was composed: what the author wrote since stays
    his, unless he picks the new words.
    """
    found = []
    for name in FIELDS:
        mine, theirs = getattr(briefing, name), source.texts.get(name, "")
        before = briefing.composed.get(name)
        if not theirs.strip() or theirs == mine or (source.ref == CAMPAIGN and theirs == before):
            continue
        untouched = not mine.strip() or mine == before
        found.append(Proposal(name, _label(name), mine, theirs, untouched))
    return found


def _label(name: str) -> str:
    return _("Title") if name == "title" else str(Part(name).label)


def new_questions(briefing: Briefing, source: Source) -> list[QuestionPair]:
    """Questions of the source that the draft does not have; of the campaign none that he has taken out."""
    known = {question for question, _answer in stored_questions(briefing)}
    if source.ref == CAMPAIGN:
        known |= {pair[0] for pair in briefing.composed.get("questions", [])}
    return [pair for pair in source.questions if pair[0] not in known]


def new_checks(briefing: Briefing, source: Source) -> list[Content]:
    """Questions of the source's check that the draft's check does not ask."""
    known = {one["question"] for one in briefing.understanding}
    return [one for one in source.check if one["question"] not in known]


def news_from_campaign(briefing: Briefing) -> int:
    """How many parts and questions the campaign would word differently since the draft was composed."""
    if not briefing.composed:
        return 0
    source = _from_campaign(briefing)
    return len(proposals(briefing, source)) + len(new_questions(briefing, source))


@transaction.atomic
def take_over(
    *,
    briefing: Briefing,
    by: User,
    expected: int,
    source: Source,
    seal: str,
    fields: Collection[str],
    questions: Collection[str] = (),
    checks: Collection[str] = (),
) -> Briefing:
    """Put the named parts, questions and check questions (by their words) of the source into the draft.

    Raises StaleVersion if the draft was saved after `expected`, SourceChanged if the source no longer says
    what `seal` stands for.
    """
    if source.seal != seal:
        raise SourceChanged
    asked = new_questions(briefing, source)
    for name in fields:
        setattr(briefing, name, source.texts[name])
    added = [one for one in new_checks(briefing, source) if one["question"] in checks]
    briefing.understanding = [*briefing.understanding, *({**one, "key": uuid4().hex} for one in added)]
    if source.ref == CAMPAIGN:
        briefing.composed = source.texts | {"questions": [list(pair) for pair in source.questions]}
    briefing.save_versioned(expected=expected, fields=(*FIELDS, "understanding", "composed"))
    rows = [{"question": q, "answer": a} for q, a in asked if q in questions]
    write_questions(briefing, rows, start=briefing.questions.count())
    _log(briefing, by, source)
    return briefing


def _log(briefing: Briefing, by: User, source: Source) -> None:
    region = briefing.campaign_region.region.code
    record(
        by=by,
        verb="briefing.taken",
        scope=briefing.campaign,
        subject=briefing,
        title=briefing.title,
        region=region,
        source=source.name,
    )
