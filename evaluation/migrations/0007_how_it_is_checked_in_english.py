"""Say in English too how an item is checked: the draft's Chinese pages showed English words."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('evaluation', '0006_metrics_of_upkeep'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='evaluationitem',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='evaluationitem',
            name='update_update',
        ),
        migrations.AddField(
            model_name='evaluationitem',
            name='how_en',
            field=models.CharField(blank=True, max_length=300, verbose_name='how it is checked, in English'),
        ),
        migrations.AddField(
            model_name='evaluationitemevent',
            name='how_en',
            field=models.CharField(blank=True, max_length=300, verbose_name='how it is checked, in English'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='evaluationitem',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "evaluation_evaluationitemevent" ("active", "answer", "asked", "carrier_id", "category_id", "code", "confidence", "critical", "direction", "edition_id", "group", "how", "how_en", "id", "kind_id", "metres", "minutes", "order", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "photo_when_failed", "publicity", "scoring", "source", "text_en", "text_zh", "theme_id", "threshold", "understood", "weight") SELECT new_values."active", new_values."answer", new_values."asked", new_values."carrier_id", new_values."category_id", new_values."code", new_values."confidence", new_values."critical", new_values."direction", new_values."edition_id", new_values."group", new_values."how", new_values."how_en", new_values."id", new_values."kind_id", new_values."metres", new_values."minutes", new_values."order", _pgh_attached_context.value, CLOCK_TIMESTAMP(), \'insert\', new_values."id", new_values."photo_when_failed", new_values."publicity", new_values."scoring", new_values."source", new_values."text_en", new_values."text_zh", new_values."theme_id", new_values."threshold", new_values."understood", new_values."weight" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='76657e4ca419fe708cb9f16ccd151d172aa755e5', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_9a1bc', referencing='REFERENCING NEW TABLE AS new_values ', table='evaluation_evaluationitem', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='evaluationitem',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "evaluation_evaluationitemevent" ("active", "answer", "asked", "carrier_id", "category_id", "code", "confidence", "critical", "direction", "edition_id", "group", "how", "how_en", "id", "kind_id", "metres", "minutes", "order", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "photo_when_failed", "publicity", "scoring", "source", "text_en", "text_zh", "theme_id", "threshold", "understood", "weight") SELECT new_values."active", new_values."answer", new_values."asked", new_values."carrier_id", new_values."category_id", new_values."code", new_values."confidence", new_values."critical", new_values."direction", new_values."edition_id", new_values."group", new_values."how", new_values."how_en", new_values."id", new_values."kind_id", new_values."metres", new_values."minutes", new_values."order", _pgh_attached_context.value, CLOCK_TIMESTAMP(), \'update\', new_values."id", new_values."photo_when_failed", new_values."publicity", new_values."scoring", new_values."source", new_values."text_en", new_values."text_zh", new_values."theme_id", new_values."threshold", new_values."understood", new_values."weight" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='ab29ba3404bffcb7f8e5994cefbb13c130d831e9', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_622da', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='evaluation_evaluationitem', when='AFTER')),
        ),
    ]
