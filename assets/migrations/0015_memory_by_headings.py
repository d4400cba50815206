"""What an office said of a ledger's columns and names holds for ledgers with the same headings.

What was remembered before does not say of which headings it was said, and is forgotten: it made a file that looked
alike in one column be read as another.
"""

from django.db import migrations, models


def _forget(apps, _schema_editor):
    apps.get_model("assets", "RememberedMeaning").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("assets", "0014_conditions_under_any_search_path")]

    operations = [
        migrations.RunPython(_forget, migrations.RunPython.noop),
        migrations.RemoveConstraint(model_name="rememberedmeaning", name="meaning_once"),
        migrations.AddField(
            model_name="rememberedmeaning",
            name="headings",
            field=models.CharField(default="", max_length=16, verbose_name="headings"),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            model_name="rememberedmeaning",
            constraint=models.UniqueConstraint(
                fields=("office", "headings", "kind", "said"), name="meaning_once"
            ),
        ),
    ]
