"""The index behind the search of the desk. It holds no rights: whoever asks it decides who may see a hit."""

from django.db import models
from django.db.models import Q

from accounts.models import Region
from briefings.models import Briefing, BriefingVersion
from campaigns.models import CampaignRegion, Release


class SearchEntry(models.Model):
    """What can be found about a release in a region, or in a briefing version published from that release.

    `head` are the words by which it is called (name, products, codes), `words` are all of them, folded
    (desk/folding.py), each once, between blanks. The period is the release's, as instants. PostgreSQL keeps
    both as tsvector beside them, SQLite in an FTS5 table (migrations/0002).
    """

    campaign_region = models.ForeignKey(CampaignRegion, on_delete=models.CASCADE, related_name="+")
    region = models.ForeignKey(Region, on_delete=models.CASCADE, related_name="+")
    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="+")
    briefing = models.ForeignKey(Briefing, null=True, on_delete=models.CASCADE, related_name="+")
    version = models.ForeignKey(BriefingVersion, null=True, on_delete=models.CASCADE, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    head = models.TextField()
    words = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["campaign_region", "release"],
                condition=Q(version__isnull=True),
                name="search_release_once",
            ),
            models.UniqueConstraint(fields=["version"], name="search_version_once"),
            models.CheckConstraint(
                condition=Q(version__isnull=True, briefing__isnull=True)
                | Q(version__isnull=False, briefing__isnull=False),
                name="search_version_of_briefing",
            ),
        ]
        indexes = [
            # In the order of the lists (desk/walk.py), of one region or of all.
            models.Index(fields=["region", "ends_at", "campaign_region"], name="search_here_ends"),
            models.Index(fields=["region", "starts_at", "campaign_region"], name="search_here_starts"),
            models.Index(fields=["ends_at", "campaign_region"], name="search_ends"),
            models.Index(fields=["starts_at", "campaign_region"], name="search_starts"),
        ]

    def __str__(self) -> str:
        return f"{self.campaign_region_id} · {self.release_id} · {self.version_id or '-'}"


class SearchWord(models.Model):
    """A word that stands in some entry, with what is left of it without its ending."""

    word = models.CharField(max_length=60, unique=True)
    stem = models.CharField(max_length=60, db_index=True)

    def __str__(self) -> str:
        return self.word


class SearchTypo(models.Model):
    """A number that the word shares with its misspellings (desk.folding.typo_keys)."""

    key = models.BigIntegerField()
    word = models.ForeignKey(SearchWord, on_delete=models.CASCADE, related_name="typos", db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "word"], name="search_typo_once")]

    def __str__(self) -> str:
        return f"{self.key} {self.word_id}"
