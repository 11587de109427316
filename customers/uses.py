"""What target groups use in which phase, as a map of channels and phases."""

from collections.abc import Iterable
from dataclasses import dataclass

from channels.models import Channel, JourneyPhase
from customers.enums import Level
from customers.models import ChannelUse


@dataclass(frozen=True)
class UseRow:
    """A channel with its level in every phase of the map (None where nobody knows) beside the phase."""

    channel: Channel
    cells: tuple[tuple[Level | None, JourneyPhase], ...]


def use_rows(uses: Iterable[ChannelUse], phases: list[JourneyPhase]) -> list[UseRow]:
    """A row for every channel that is used at all, in the order of `uses`."""
    known: dict[int, dict[int, int]] = {}
    channels: dict[int, Channel] = {}
    for one in uses:
        channels[one.channel_id] = one.channel
        known.setdefault(one.channel_id, {})[one.phase_id] = one.level
    rows = []
    for pk, channel in channels.items():
        levels = ((known[pk].get(phase.pk), phase) for phase in phases)
        cells = tuple((None if level is None else Level(level), phase) for level, phase in levels)
        rows.append(UseRow(channel, cells))
    return rows
