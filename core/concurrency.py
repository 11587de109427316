"""Nothing is overwritten silently: editable records carry a version, a save names the one it saw."""

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.utils.translation import gettext as _


class StaleVersion(Exception):
    """Somebody saved the record in between; `current` is the record as it is now."""

    def __init__(self, current: models.Model) -> None:
        super().__init__(_("Somebody else changed this in the meantime."))
        self.current = current


class VersionedModel(models.Model):
    """A record people edit. `version` grows by one with every save through `save_versioned`."""

    version = models.PositiveIntegerField(default=1, editable=False)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True

    def save_versioned(self, *, expected: int, fields: Iterable[str], **also: Any) -> None:
        """Write `fields` (and `also`) if the stored version is still `expected`, else raise StaleVersion."""
        from django.utils import timezone

        values = {name: getattr(self, name) for name in fields} | also
        manager = type(self)._base_manager
        changed = manager.filter(pk=self.pk, version=expected).update(
            **values, version=expected + 1, changed_at=timezone.now()
        )
        if not changed:
            raise StaleVersion(manager.get(pk=self.pk))
        self.version = expected + 1
        for name, value in also.items():
            setattr(self, name, value)
