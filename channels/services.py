"""Every write to channels and their experts."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.models import Region, User
from accounts.permissions import MANAGING
from accounts.services.demand import demand
from channels.models import Channel, ChannelExpert
from core import audit

FIELDS = (
    "name_de",
    "name_en",
    "medium",
    "direction",
    "customer_facing",
    "at_once",
    "icon",
    "preview",
    "parts",
    "position",
    "active",
)
# A person and the region in which he answers, None for everywhere.
Naming = tuple[User, Region | None]


@transaction.atomic
def save_channel(
    *,
    channel: Channel,
    by: User | None,
    expected: int | None = None,
    add: Iterable[Naming] = (),
    remove: Iterable[ChannelExpert] = (),
    **values: Any,
) -> Channel:
    """Create a channel, or change it if its stored version is still `expected` (else StaleVersion).

    Only the experts in `add` and `remove` are touched. ValidationError if `by` doesn't manage a region for
    which he names or removes an expert, or if a named person has left or is no channel expert.
    """
    demand(by, "channel.edit", channel)
    new = channel.pk is None
    for name in FIELDS:
        setattr(channel, name, values.get(name, getattr(channel, name)))
    if new:
        channel.code = values.get("code", channel.code)
        channel.save()
    else:
        channel.save_versioned(expected=channel.version if expected is None else expected, fields=FIELDS)
    audit.record(
        by=by, verb="channel.created" if new else "channel.changed", scope=channel, name=str(channel)
    )
    for link in remove:
        remove_expert(link=link, by=by)
    for user, region in add:
        name_expert(channel=channel, user=user, region=region, by=by)
    return channel


@transaction.atomic
def name_expert(
    *, channel: Channel, user: User, region: Region | None = None, by: User | None
) -> ChannelExpert:
    """Say that a person answers for a channel in a region, or everywhere. Twice is the same as once.

    ValidationError if he has left, is no channel expert, or `by` doesn't manage the region.
    """
    demand(by, "channel.edit", channel)
    _check_region(region, by)
    if not user.is_active:
        raise ValidationError({"user": _("%(person)s has left.") % {"person": user}})
    if not user.rights.has(Role.EXPERT):
        raise ValidationError(
            {"user": _("%(person)s does not have the role channel expert.") % {"person": user}}
        )
    link, made = ChannelExpert.objects.get_or_create(channel=channel, user=user, region=region)
    if made:
        _record(by, "expert.named", link)
    return link


@transaction.atomic
def remove_expert(*, link: ChannelExpert, by: User | None) -> None:
    """A person no longer answers for a channel there; campaigns in which he is named keep him."""
    demand(by, "channel.edit", link.channel)
    _check_region(link.region, by)
    _record(by, "expert.removed", link)
    link.delete()


def _check_region(region: Region | None, by: User | None) -> None:
    managed = None if by is None else by.rights.regions(*MANAGING)
    if managed is None or (region is not None and region.pk in managed):
        return
    if region is None:
        raise ValidationError({"region": _("You manage single regions. Please choose one of them.")})
    raise ValidationError({"region": _("You do not manage %(regions)s.") % {"regions": region.name}})


def _record(by: User | None, verb: str, link: ChannelExpert) -> None:
    region = link.region.code if link.region else "*"
    audit.record(
        by=by, verb=verb, scope=link.channel, subject=link.user, person=str(link.user), region=region
    )
