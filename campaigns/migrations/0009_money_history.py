from django.db import migrations


def write_down(apps, schema_editor):
    """The history of allocations begins with what is allocated when it is introduced."""
    Allocation = apps.get_model("campaigns", "Allocation")
    AllocationChange = apps.get_model("campaigns", "AllocationChange")
    rows = Allocation.objects.exclude(amount=0).select_related("budget", "campaign_channel")
    AllocationChange.objects.bulk_create(
        (
            AllocationChange(
                budget_id=row.budget_id,
                channel_id=row.campaign_channel.channel_id,
                amount=row.amount,
                at=row.budget.changed_at,
            )
            for row in rows.iterator()
        ),
        batch_size=1000,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0008_money"),
    ]

    operations = [
        migrations.RunPython(write_down, migrations.RunPython.noop),
    ]
