"""What a person may do where, from his role grants; read once per request."""

from collections.abc import Iterable
from dataclasses import dataclass

from accounts.enums import Role


@dataclass(frozen=True)
class Rights:
    """Roles held everywhere and roles held in single regions (by region id)."""

    everywhere: frozenset[str]
    by_region: dict[str, frozenset[int]]

    @classmethod
    def of(cls, grants: Iterable[tuple[str, int | None]]) -> "Rights":
        """Rights from (role, region id or None for every region)."""
        everywhere, regions = set(), {}
        for role, region in grants:
            if region is None:
                everywhere.add(role)
            else:
                regions.setdefault(role, set()).add(region)
        return cls(frozenset(everywhere), {role: frozenset(ids) for role, ids in regions.items()})

    @property
    def roles(self) -> frozenset[str]:
        return self.everywhere | frozenset(self.by_region)

    def has(self, *roles: str) -> bool:
        """True if any of the roles is held anywhere."""
        return any(role in self.everywhere or role in self.by_region for role in roles)

    def regions(self, *roles: str) -> frozenset[int] | None:
        """Ids of the regions in which one of the roles is held; None means every region."""
        if any(role in self.everywhere for role in roles):
            return None
        return frozenset().union(*(self.by_region.get(role, frozenset()) for role in roles))

    def has_in(self, region_id: int, *roles: str) -> bool:
        """True if one of the roles is held in that region."""
        regions = self.regions(*roles)
        return regions is None or region_id in regions


NOBODY = Rights(frozenset(), {})
PLANNERS = (Role.MARKETER, Role.EXPERT, Role.MANAGER, Role.ADMIN)
