"""The check of understanding: asked with a version, answered until it is right, summed up for its author.

Its questions stand in the version's content under "check" (services/content.py). A person confirms only once
every one is answered rightly. A question that reads the same in a later version is the same question (its
digest says so): nobody answers it again, and its results go on.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from briefings.models import BriefingVersion, CheckAnswer
from briefings.services.addressing import addressed
from briefings.services.content import Content

OPTIONS_MIN, OPTIONS_MAX = 2, 6


@dataclass(frozen=True)
class Option:
    """One answer to choose; `chosen` in the person's last try, `right` only once he may know it."""

    key: str
    text: str
    chosen: bool
    right: bool


@dataclass(frozen=True)
class Asked:
    """A question as it stands for one person: open, answered wrongly (and open again), or right."""

    key: str
    question: str
    multiple: bool
    options: list[Option]
    explanation: str
    tried: bool
    right: bool

    @property
    def field(self) -> str:
        """Name of its inputs."""
        return field_name(self.key)


def field_name(key: str) -> str:
    """Under which name a form posts the options chosen for a question."""
    return f"check-{key}"


def questions_of(version: BriefingVersion) -> list[Content]:
    """The questions that a version asks, in order."""
    return version.content.get("check", [])


def _answers(version: BriefingVersion) -> QuerySet[CheckAnswer]:
    """Answers to exactly what this version asks, in whichever version they were given."""
    return CheckAnswer.objects.filter(digest__in=[one["digest"] for one in questions_of(version)])


def standing(version: BriefingVersion, user: User) -> list[Asked]:
    """Every question as it stands for the person, in order (one query if there is a check).

    The explanation, and which options are right, are shown after a try; until a wrong one is mended only
    the explanation.
    """
    if not questions_of(version):
        return []
    last: dict[str, CheckAnswer] = {}
    for answer in _answers(version).filter(user=user).order_by("pk"):
        if answer.digest not in last or not last[answer.digest].right:
            last[answer.digest] = answer
    return [_asked(one, last.get(one["digest"])) for one in questions_of(version)]


def unanswered(check: list[Content]) -> list[Asked]:
    """Questions of a content's check as everybody sees them first."""
    return [_asked(one, None) for one in check]


def _asked(one: Content, answer: CheckAnswer | None) -> Asked:
    right = answer is not None and answer.right
    chosen = answer.chosen if answer else []
    return Asked(
        key=one["key"],
        question=one["question"],
        multiple=one["multiple"],
        options=[
            Option(
                option["key"],
                option["text"],
                chosen=option["key"] in chosen,
                right=right and option["key"] in one["right"],
            )
            for option in one["options"]
        ],
        explanation=one["explanation"] if answer else "",
        tried=answer is not None,
        right=right,
    )


def open_keys(version: BriefingVersion, user: User) -> list[str]:
    """Keys of the questions that the person has not answered rightly yet."""
    return [one.key for one in standing(version, user) if not one.right]


@transaction.atomic
def answer(*, version: BriefingVersion, user: User, key: str, chosen: Collection[str]) -> CheckAnswer:
    """Record an answer; a question answered rightly stays so and gives that answer back.

    Raises ValidationError if nothing, or nothing that can be chosen, was chosen; NotAddressed and Superseded
    as confirming does.
    """
    current = addressed(version, user)
    asked = next((one for one in questions_of(current) if one["key"] == key), None)
    if asked is None:
        raise ValidationError(_("This question is not asked any more. Please reload the page."))
    picked = _picked(asked, chosen)
    given = CheckAnswer.objects.filter(digest=asked["digest"], user=user)
    done = given.filter(right=True).first()
    if done is not None:
        return done
    return CheckAnswer.objects.create(
        version=current,
        user=user,
        question=key,
        digest=asked["digest"],
        chosen=picked,
        right=picked == sorted(asked["right"]),
        first_try=not given.exists(),
    )


@transaction.atomic
def answer_all(*, version: BriefingVersion, user: User, chosen: Mapping[str, Collection[str]]) -> int:
    """Record what was chosen, by key, for the questions that are still open; number of answers taken.

    All or none are recorded. Raises as `answer` does.
    """
    addressed(version, user)
    given = [key for key in open_keys(version, user) if chosen.get(key)]
    for key in given:
        answer(version=version, user=user, key=key, chosen=chosen[key])
    return len(given)


def _picked(asked: Content, chosen: Collection[str]) -> list[str]:
    known = {option["key"] for option in asked["options"]}
    picked = sorted(set(chosen))
    if not picked:
        raise ValidationError(_("Please choose an answer."))
    if not known.issuperset(picked) or (len(picked) > 1 and not asked["multiple"]):
        raise ValidationError(_("Please choose one of the answers."))
    return picked


@dataclass(frozen=True)
class OptionResult:
    """How many of `answered` people chose an option at their first try."""

    text: str
    right: bool
    count: int
    answered: int

    @property
    def left_out(self) -> int:
        """How many did not choose it."""
        return self.answered - self.count


@dataclass(frozen=True)
class QuestionResult:
    """First tries at one question; no names, and nothing is known while nobody has answered."""

    key: str
    question: str
    multiple: bool
    answered: int
    right_first: int
    options: list[OptionResult] = field(default_factory=list)

    @property
    def share(self) -> int:
        """Right at the first try, in whole percent."""
        return self.right_first * 100 // self.answered if self.answered else 0

    @property
    def segments(self) -> list[tuple[str, int]]:
        """For the tag `bar`."""
        return [("good", self.share)]

    @property
    def missed(self) -> list[OptionResult]:
        """Right options that somebody left out where several are right, the most frequent first."""
        left = [one for one in self.options if self.multiple and one.right and one.left_out]
        return sorted(left, key=lambda one: -one.left_out)

    @property
    def misread(self) -> list[OptionResult]:
        """Wrong options that somebody chose, the most frequent first."""
        wrong = [one for one in self.options if one.count and not one.right]
        return sorted(wrong, key=lambda one: -one.count)


def check_results(version: BriefingVersion) -> list[QuestionResult]:
    """How the first tries at every question of a version went, in order (one query if there is a check)."""
    if not questions_of(version):
        return []
    rows = _answers(version).filter(first_try=True).values_list("digest", "chosen", "right")
    picks: dict[str, Counter] = {}
    rights: Counter = Counter()
    totals: Counter = Counter()
    for digest, chosen, right in rows:
        totals[digest] += 1
        rights[digest] += right
        picks.setdefault(digest, Counter()).update(chosen)
    return [
        _result(one, totals[one["digest"]], rights[one["digest"]], picks.get(one["digest"], Counter()))
        for one in questions_of(version)
    ]


def _result(one: Content, answered: int, right: int, picks: Counter) -> QuestionResult:
    options = [
        OptionResult(option["text"], option["key"] in one["right"], picks[option["key"]], answered)
        for option in one["options"]
    ]
    return QuestionResult(
        one["key"], one["question"], one["multiple"], answered, right, options if answered else []
    )


def person_results(version: BriefingVersion, people: Iterable[int]) -> dict[int, tuple[int, int]]:
    """(right at the first try, first tries) per person id, for the training record; one query."""
    found: dict[int, tuple[int, int]] = {}
    if not questions_of(version):
        return found
    rows = _answers(version).filter(first_try=True, user__in=list(people)).values_list("user", "right")
    for user, right in rows:
        done, tries = found.get(user, (0, 0))
        found[user] = (done + right, tries + 1)
    return found
