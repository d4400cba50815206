"""A patrol names its campaign by the campaign itself."""

import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("cases", "0011_patrols_campaigns")]
    operations = [
        pgtrigger.migrations.RemoveTrigger(model_name="patrol", name="insert_insert"),
        pgtrigger.migrations.RemoveTrigger(model_name="patrol", name="update_update"),
        migrations.RemoveField(model_name="patrol", name="campaign"),
        migrations.RemoveField(model_name="patrolevent", name="campaign"),
        migrations.RenameField(model_name="patrol", old_name="special", new_name="campaign"),
        migrations.RenameField(model_name="patrolevent", old_name="special", new_name="campaign"),
    ]
