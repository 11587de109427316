"""Warnings and suggestions in words: whole sentences with their figures, in the reader's language."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import formats
from dashboard.enums import Rule, StepKind
from dashboard.portfolio.judging import Spot, Warned
from dashboard.portfolio.stepping import Step

ALSO = 3


@dataclass
class Names:
    """What ids are called; `seen` are the campaigns that the reader may open, None for all."""

    targets: dict[int, str] = field(default_factory=dict)
    channels: dict[int, str] = field(default_factory=dict)
    people: dict[int, str] = field(default_factory=dict)
    teams: dict[int, str] = field(default_factory=dict)
    seen: set[int] | None = None

    def may_open(self, pk: int) -> bool:
        """Whether the reader may open the campaign."""
        return self.seen is None or pk in self.seen

    def campaign(self, plan: object) -> str:
        """Its name between quotation marks, or that he may not know it."""
        if self.may_open(plan.pk):
            return _("“%(name)s”") % {"name": plan.name}
        return _("a campaign that you may not open")

    def loaded(self, rule: Rule) -> dict[int, str]:
        """The names of what a rule is about."""
        return {
            Rule.TARGET: self.targets,
            Rule.CHANNEL: self.channels,
            Rule.OVERLAP: self.channels,
            Rule.EXPERT: self.people,
            Rule.OWNER: self.people,
            Rule.TEAM: self.teams,
        }.get(rule, {})


def days_words(first: date, last: date) -> str:
    """`3 Mar – 14 Mar 2027`."""
    return formats.date_range(first, last)


def why(warned: Warned, names: Names) -> str:
    """What is the matter, in a sentence with its figures."""
    if warned.rule == Rule.SHORT:
        return _short(warned, names)
    if warned.rule == Rule.OVERLAP:
        return _overlap(warned, names)
    if warned.rule == Rule.OFFER:
        return _offer(warned, names)
    return _crowd(warned, names)


def _crowd(warned: Warned, names: Names) -> str:
    spot = warned.main
    sentences = {
        Rule.TARGET: _(
            "%(campaign)s is one of %(count)s campaigns at once for %(what)s in %(region)s, %(days)s."
            " Allowed: %(most)s."
        ),
        Rule.REGION: _(
            "%(campaign)s is one of %(count)s campaigns at once in %(region)s, %(days)s. Allowed: %(most)s."
        ),
        Rule.CHANNEL: _(
            "%(campaign)s is one of %(count)s campaigns at once on %(what)s in %(region)s, %(days)s."
            " Allowed: %(most)s."
        ),
        Rule.EXPERT: _(
            "With %(campaign)s, %(what)s is channel expert of %(count)s campaigns at once, %(days)s."
            " Allowed: %(most)s."
        ),
        Rule.OWNER: _(
            "With %(campaign)s, %(what)s owns %(count)s campaigns at once, %(days)s. Allowed: %(most)s."
        ),
        Rule.TEAM: _(
            "With %(campaign)s, %(what)s serves %(count)s campaigns at once, %(days)s. Allowed: %(most)s."
        ),
    }
    params = {
        "campaign": names.campaign(warned.subject),
        "count": spot.count,
        "what": names.loaded(warned.rule).get(spot.what, ""),
        "region": spot.code,
        "days": days_words(spot.first, spot.last),
        "most": warned.most,
    }
    return _begun(sentences[warned.rule] % params)


def _begun(sentence: str) -> str:
    """With a capital letter, where it begins with a campaign that may not be named."""
    return sentence[:1].upper() + sentence[1:]


def _short(warned: Warned, names: Names) -> str:
    spot = warned.main
    params = {
        "campaign": names.campaign(warned.subject),
        "number": spot.count,
        "region": spot.code,
        "days": days_words(spot.first, spot.last),
        "least": warned.most,
    }
    if not spot.code:
        text = ngettext(
            "%(campaign)s runs for only %(number)s day (%(days)s). At least %(least)s days are wanted.",
            "%(campaign)s runs for only %(number)s days (%(days)s). At least %(least)s days are wanted.",
            spot.count,
        )
        return _begun(text % params)
    text = ngettext(
        "%(campaign)s runs for only %(number)s day in %(region)s (%(days)s). At least %(least)s are wanted.",
        "%(campaign)s runs for only %(number)s days in %(region)s (%(days)s). At least %(least)s are wanted.",
        spot.count,
    )
    return _begun(text % params)


def _overlap(warned: Warned, names: Names) -> str:
    spot = warned.main
    params = {
        "campaign": names.campaign(warned.subject),
        "other": names.campaign(warned.others[0]),
        "channel": names.channels.get(spot.what, ""),
        "region": spot.code,
        "number": spot.count,
        "days": days_words(spot.first, spot.last),
    }
    if spot.what:
        text = ngettext(
            "%(campaign)s and %(other)s reach the same people by %(channel)s in %(region)s on %(number)s day"
            " (%(days)s).",
            "%(campaign)s and %(other)s reach the same people by %(channel)s in %(region)s on %(number)s days"
            " (%(days)s).",
            spot.count,
        )
    else:
        text = ngettext(
            "%(campaign)s and %(other)s reach the same people in %(region)s on %(number)s day (%(days)s).",
            "%(campaign)s and %(other)s reach the same people in %(region)s on %(number)s days (%(days)s).",
            spot.count,
        )
    return _begun(text % params)


def _offer(warned: Warned, names: Names) -> str:
    spot, found = warned.main, warned.differs
    params = {
        "product": found.product,
        "mine": figure(found.kind, found.mine),
        "theirs": figure(found.kind, found.theirs),
        "campaign": names.campaign(warned.subject),
        "other": names.campaign(warned.others[0]),
        "region": spot.code,
        "days": days_words(spot.first, spot.last),
    }
    if found.kind == "discount":
        return (
            _(
                "“%(product)s”: %(mine)s off in %(campaign)s, but %(theirs)s off in %(other)s, at once in"
                " %(region)s, %(days)s."
            )
            % params
        )
    return (
        _(
            "“%(product)s” costs %(mine)s in %(campaign)s, but %(theirs)s in %(other)s, at once in"
            " %(region)s, %(days)s."
        )
        % params
    )


def figure(kind: str, text: str) -> str:
    """`159 €` or `20 %`."""
    currency = kind.partition(" ")[2]
    if kind == "discount":
        return formats.percent(Decimal(text), 2)
    return formats.money(Decimal(text), currency) if len(currency) == 3 else text


def also(warned: Warned, names: Names) -> str:
    """Where else: `Families in DE · Members in AT`; empty when there is nowhere else."""
    main = warned.main
    places = dict.fromkeys(
        _place(spot, warned.rule, names)
        for spot in warned.spots[1:]
        if (spot.what, spot.region) != (main.what, main.region)
    )
    words = [place for place in places if place]
    more = len(words) - ALSO
    if more > 0:
        words = [*words[:ALSO], ngettext("%(number)s more", "%(number)s more", more) % {"number": more}]
    return " · ".join(words)


def _place(spot: Spot, rule: Rule, names: Names) -> str:
    what = names.loaded(rule).get(spot.what, "")
    if what and spot.code:
        return _("%(what)s in %(region)s") % {"what": what, "region": spot.code}
    return what or spot.code


def step_words(step: Step, names: Names) -> str:
    """The suggestion in a sentence."""
    params = {
        "campaign": names.campaign(step.plan),
        "other": names.campaign(step.other) if step.other else "",
        "number": step.days,
        "day": formats.short_date(step.first) if step.first else "",
        "last": formats.short_date(step.last) if step.last else "",
        "person": names.people.get(step.person, ""),
        "channel": names.channels.get(step.channel, ""),
        "count": step.count,
    }
    return _begun(_step_text(step) % params)


def _step_text(step: Step) -> str:
    if step.kind == StepKind.MOVE:
        return ngettext(
            "Start %(campaign)s %(number)s day later: free from %(day)s.",
            "Start %(campaign)s %(number)s days later: free from %(day)s.",
            step.days,
        )
    if step.kind == StepKind.HAND_OVER and step.channel:
        return ngettext(
            "Hand %(channel)s over to %(person)s, who then has %(count)s campaign at once.",
            "Hand %(channel)s over to %(person)s, who then has %(count)s campaigns at once.",
            step.count,
        )
    if step.kind == StepKind.HAND_OVER:
        return ngettext(
            "Hand %(campaign)s over to %(person)s, who then owns %(count)s campaign at once.",
            "Hand %(campaign)s over to %(person)s, who then owns %(count)s campaigns at once.",
            step.count,
        )
    return {
        StepKind.LENGTHEN: _("Lengthen %(campaign)s until %(last)s: then it runs for %(number)s days."),
        StepKind.AGREE: _("Agree on one offer for %(campaign)s and %(other)s."),
        StepKind.JOIN: _("Join %(campaign)s with %(other)s: both serve the same goal."),
        StepKind.TALK: _(
            "Talk it over with the owners: no plan concerned can still be moved to days that are free."
        ),
    }[step.kind]


def button_words(step: Step, names: Names) -> str:
    """What the button does."""
    if step.kind == StepKind.MOVE:
        return _("Move to %(days)s") % {"days": days_words(step.first, step.last)}
    if step.kind == StepKind.LENGTHEN:
        return _("Lengthen until %(day)s") % {"day": formats.short_date(step.last)}
    if step.kind == StepKind.HAND_OVER:
        return _("Hand over to %(person)s") % {"person": names.people.get(step.person, "")}
    return {
        StepKind.AGREE: _("Open the offer"),
        StepKind.JOIN: _("Open the other campaign"),
        StepKind.TALK: _("Open the campaign"),
    }[step.kind]
