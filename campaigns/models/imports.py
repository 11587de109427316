"""Plans that came as a file, between choosing it and taking it over."""

from django.db import models

from accounts.models import User


class PlanImport(models.Model):
    """A spreadsheet of plans as it was read; deleted once it is taken over.

    `header` are the cells of its first row, `rows` pairs of a row's number and its cells (days as ISO text),
    `mapping` which field a column without a known name stands for: {"4": "expert"}, empty for none.
    """

    name = models.CharField(max_length=200)
    header = models.JSONField()
    rows = models.JSONField()
    mapping = models.JSONField(default=dict)
    by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name
