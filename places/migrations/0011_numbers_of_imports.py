"""Let an import of responsibilities remember which telephones it changed, so that undoing it gives them back."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('places', '0010_no_second_columns'),
    ]

    operations = [
        migrations.AddField(
            model_name='responsibilitybatch',
            name='telephones',
            field=models.JSONField(blank=True, default=list, verbose_name='telephones it changed'),
        ),
    ]
