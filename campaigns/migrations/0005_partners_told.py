from django.db import migrations, models
from django.db.models import Max, Q


def told_so_far(apps, schema_editor):
    """Partners of before hear of what happens from now on, not of the whole history."""
    alias = schema_editor.connection.alias
    events = apps.get_model("core", "AuditEvent").objects.using(alias)
    last = events.aggregate(last=Max("pk"))["last"] or 0
    newest = events.filter(pk=last).values_list("at", flat=True).first()
    partners = apps.get_model("campaigns", "CampaignPartner").objects.using(alias)
    partners.update(told_event=last, told_at=newest)


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0004_listing"), ("core", "0002_outgoing_mail")]

    operations = [
        migrations.AddField(
            model_name="campaignpartner",
            name="changed_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="campaignpartner",
            name="told_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="campaignpartner",
            name="told_event",
            field=models.PositiveBigIntegerField(default=0, editable=False),
        ),
        migrations.AddIndex(
            model_name="campaignpartner",
            index=models.Index(
                condition=Q(("changed_at__isnull", False)), fields=["changed_at"], name="partner_to_tell"
            ),
        ),
        migrations.RunPython(told_so_far, migrations.RunPython.noop, elidable=True),
    ]
