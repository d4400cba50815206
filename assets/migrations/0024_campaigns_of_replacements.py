"""Artworks that were replaced everywhere before there were campaigns become campaigns, with their jobs."""

from datetime import timedelta

from django.db import migrations
from django.db.models import Max


def enter(apps, schema_editor):
    Batch = apps.get_model("assets", "Batch")
    Campaign = apps.get_model("assets", "Campaign")
    Maintenance = apps.get_model("assets", "Maintenance")
    for batch in Batch.objects.filter(kind="jobs", report__has_key="old_artwork").order_by("pk"):
        jobs = Maintenance.objects.filter(batch=batch)
        first = jobs.filter(asset__district__isnull=False).order_by("pk").select_related("asset").first()
        if first is None:
            continue
        begins = batch.created_at.date()
        ends = jobs.aggregate(last=Max("due_on"))["last"] or begins + timedelta(days=14)
        campaign = Campaign.objects.create(
            code=f"replacement-{batch.pk}",
            name_zh=batch.title[:80],
            kind="replacement",
            area_id=first.asset.district_id,
            begins_on=begins,
            ends_on=max(ends, begins),
            batch=batch,
        )
        jobs.update(campaign=campaign)


class Migration(migrations.Migration):
    dependencies = [("assets", "0023_campaigns")]
    operations = [migrations.RunPython(enter, migrations.RunPython.noop)]
