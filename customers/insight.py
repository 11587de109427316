"""What is known of target groups, as it stands beside a message while somebody writes it."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from channels.models import Channel
from customers.enums import Level
from customers.models import ChannelUse, TargetGroup
from customers.querysets import TargetGroupQuerySet
from customers.times import times_in_words


@dataclass(frozen=True)
class Insight:
    """A group with its times in words, and how much it uses the channel that is written for."""

    group: TargetGroup
    times: list[str]
    here: list[str]

    @property
    def known(self) -> bool:
        """Whether anybody has written anything down."""
        group = self.group
        texts = (group.insight, group.looks_for, group.meets, group.decides, group.decision_style)
        return any(texts) or bool(self.times or self.here)


def insights(groups: TargetGroupQuerySet, channel: Channel | None = None) -> list[Insight]:
    """The insight of each group; three queries, one more with a channel."""
    found = list(groups.defined())
    uses = _uses(found, channel) if channel and found else {}
    return [Insight(group, times_in_words(group.times), _words(uses.get(group.pk, ()))) for group in found]


def _uses(groups: list[TargetGroup], channel: Channel) -> dict[int, list[ChannelUse]]:
    by_group: dict[int, list[ChannelUse]] = {}
    for one in ChannelUse.objects.shown().filter(group__in=groups, channel=channel):
        by_group.setdefault(one.group_id, []).append(one)
    return by_group


def _words(uses: Iterable[ChannelUse]) -> list[str]:
    """Each level with the phases in which it holds, the highest first."""
    phases: dict[int, list[str]] = {}
    for one in uses:
        phases.setdefault(one.level, []).append(str(one.phase))
    return [
        _("%(level)s: %(phases)s") % {"level": Level(level).label, "phases": ", ".join(phases[level])}
        for level in sorted(phases, reverse=True)
    ]
