"""The special actions that patrols named in words become campaigns, which they belong to."""

from django.db import migrations


def enter(apps, schema_editor):
    Campaign = apps.get_model("assets", "Campaign")
    Patrol = apps.get_model("cases", "Patrol")
    made = {}
    for patrol in Patrol.objects.exclude(campaign="").select_related("area__parent").order_by("pk"):
        area = patrol.area
        while area.parent is not None:
            area = area.parent
        day = (patrol.started_at or patrol.planned_for).date()
        campaign = made.get((area.pk, patrol.campaign))
        if campaign is None:
            campaign = made[area.pk, patrol.campaign] = Campaign.objects.create(
                code=f"patrols-{area.code}-{len(made) + 1}",
                name_zh=patrol.campaign,
                kind="special_action",
                area=area,
                begins_on=day,
                ends_on=day,
            )
        campaign.begins_on, campaign.ends_on = min(campaign.begins_on, day), max(campaign.ends_on, day)
        campaign.save(update_fields=["begins_on", "ends_on"])
        Patrol.objects.filter(pk=patrol.pk).update(special=campaign)


class Migration(migrations.Migration):
    dependencies = [("cases", "0010_campaigns_exposures_media")]
    operations = [migrations.RunPython(enter, migrations.RunPython.noop)]
