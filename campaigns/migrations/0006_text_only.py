import hashlib
import json

from django.db import migrations


def fold(apps, schema_editor):
    """On channels without a headline, that of a text nobody stands for yet becomes its first line.

    A confirmed one stays to the letter, until its expert takes the words over himself.
    """
    alias = schema_editor.connection.alias
    variants = apps.get_model("campaigns", "Variant").objects.using(alias)
    versions = apps.get_model("campaigns", "ContentVersion").objects.using(alias)
    open_ones = variants.filter(campaign__state__in=["draft", "in_review"]).exclude(state="confirmed")
    for variant in open_ones.filter(campaign_channel__channel__parts="text").exclude(headline=""):
        said = {"headline": "", "body": f"{variant.headline}\n{variant.body}".strip()}
        variants.filter(pk=variant.pk).update(**said, version=variant.version + 1)
        last = versions.filter(kind="variant", object_id=variant.pk).order_by("-number").first()
        if last is not None:
            raw = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
            versions.create(
                campaign_id=variant.campaign_id,
                kind="variant",
                object_id=variant.pk,
                number=last.number + 1,
                content=said,
                content_hash=hashlib.sha256(raw.encode("utf-8", "surrogatepass")).hexdigest(),
                author_id=last.author_id,
            )


class Migration(migrations.Migration):
    """Text messages have no headline."""

    dependencies = [("campaigns", "0005_partners_told"), ("channels", "0004_parts")]

    operations = [migrations.RunPython(fold, migrations.RunPython.noop, elidable=True)]
