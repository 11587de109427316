"""The demo's target groups with what is known of them; data/groups.toml."""

import tomllib
from typing import Any

from accounts.models import Region
from channels import reference
from channels.models import Channel, JourneyPhase
from customers.models import Interest, TargetGroup
from customers.services import interest, save_group, save_uses
from dashboard.demo.data import FOLDER

Row = dict[str, Any]
UNKNOWN = "-"


def load(regions: dict[str, Region], channels: dict[str, Channel]) -> dict[str, TargetGroup]:
    """The groups by key; one that is there already stays as people have changed it."""
    rows = tomllib.loads((FOLDER / "groups.toml").read_text(encoding="utf-8"))
    reference.load_phases()
    themes = {row["key"]: interest(row["name_de"], row["name_en"]) for row in rows["interests"]}
    found = {}
    for row in rows["groups"]:
        known = TargetGroup.objects.filter(name_en=row["name_en"]).first()
        found[row["key"]] = known or _group(row, themes, regions, channels)
    return found


def _group(
    row: Row, themes: dict[str, Interest], regions: dict[str, Region], channels: dict[str, Channel]
) -> TargetGroup:
    values = {name: value for name, value in row.items() if name not in ("key", "uses")}
    values["interests"] = [themes[key] for key in row["interests"]]
    values["regions"] = [regions[code] for code in row.get("regions", [])]
    made = save_group(group=TargetGroup(), by=None, **values)
    phases = {phase.code: phase.pk for phase in JourneyPhase.objects.all()}
    order = [phases[code] for code, *_names in reference.PHASES]
    levels = {
        (channels[code].pk, phase): None if level == UNKNOWN else int(level)
        for code, figures in row["uses"].items()
        for phase, level in zip(order, figures, strict=True)
    }
    return save_uses(group=made, uses=levels, by=None)
