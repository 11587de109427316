"""Names that a company keeps in German and English."""

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class BilingualName(models.Model):
    """A record with a German and an English name; `name` is the one in the reader's language."""

    name_de = models.CharField(_("name (German)"), max_length=120)
    name_en = models.CharField(_("name (English)"), max_length=120)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return self.name_in(get_language() or "en")

    def name_in(self, language: str) -> str:
        """The name for a language code such as "de" or "en-gb"; English for all but German."""
        return self.name_de if language.startswith("de") else self.name_en

    def in_language(self, field: str) -> str:
        """Another text that is kept as `<field>_de` and `<field>_en`: the reader's, else the other one."""
        own, other = ("de", "en") if (get_language() or "en").startswith("de") else ("en", "de")
        return getattr(self, f"{field}_{own}") or getattr(self, f"{field}_{other}")

    def language_of(self, field: str) -> str:
        """The language ("de", "en") of the text that `in_language` gives."""
        own, other = ("de", "en") if (get_language() or "en").startswith("de") else ("en", "de")
        return own if getattr(self, f"{field}_{own}") or not getattr(self, f"{field}_{other}") else other
