"""What older decisions say is searched, too; a theme that has a campaign is planned."""

import unicodedata

from django.db import migrations

SEARCHED = ("title", "what", "why", "alternatives", "effort")


def _folded(text):
    return unicodedata.normalize("NFKC", text).casefold().replace("\x00", "")


def fill(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        # Decisions refuse changes; migrate puts the trigger back when it is done.
        schema_editor.execute("DROP TRIGGER IF EXISTS ek_campaigns_decision_no_update ON campaigns_decision")
    Decision = apps.get_model("campaigns", "Decision")
    for row in Decision.objects.filter(words="").iterator():
        words = "\n".join(_folded(getattr(row, name)) for name in SEARCHED)
        Decision.objects.filter(pk=row.pk).update(words=words)
    Theme = apps.get_model("campaigns", "Theme")
    Theme.objects.filter(state="idea", campaigns__isnull=False).update(state="planned")


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0011_strategy_decisions_themes")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
