"""Take the columns off that said a second time who answers for an area or a site: dated rows say it."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('places', '0009_rows_for_columns'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='area',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='area',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='site',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='site',
            name='update_update',
        ),
        migrations.RemoveField(
            model_name='area',
            name='leader',
        ),
        migrations.RemoveField(
            model_name='area',
            name='leader_unit',
        ),
        migrations.RemoveField(
            model_name='area',
            name='responsible_person',
        ),
        migrations.RemoveField(
            model_name='area',
            name='responsible_phone',
        ),
        migrations.RemoveField(
            model_name='areaevent',
            name='leader',
        ),
        migrations.RemoveField(
            model_name='areaevent',
            name='leader_unit',
        ),
        migrations.RemoveField(
            model_name='areaevent',
            name='responsible_person',
        ),
        migrations.RemoveField(
            model_name='areaevent',
            name='responsible_phone',
        ),
        migrations.RemoveField(
            model_name='site',
            name='leader',
        ),
        migrations.RemoveField(
            model_name='site',
            name='leader_unit',
        ),
        migrations.RemoveField(
            model_name='site',
            name='responsible_person',
        ),
        migrations.RemoveField(
            model_name='site',
            name='responsible_phone',
        ),
        migrations.RemoveField(
            model_name='siteevent',
            name='leader',
        ),
        migrations.RemoveField(
            model_name='siteevent',
            name='leader_unit',
        ),
        migrations.RemoveField(
            model_name='siteevent',
            name='responsible_person',
        ),
        migrations.RemoveField(
            model_name='siteevent',
            name='responsible_phone',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='area',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "places_areaevent" ("aliases", "boundary", "boundary_source", "boundary_status", "code", "id", "kind", "level", "name", "office", "parent_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT new_values."aliases", new_values."boundary", new_values."boundary_source", new_values."boundary_status", new_values."code", new_values."id", new_values."kind", new_values."level", new_values."name", new_values."office", new_values."parent_id", _pgh_attached_context.value, CLOCK_TIMESTAMP(), \'insert\', new_values."id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='c580dcc560f4ff0c9ff862dfd090ea869e2ec465', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_912b7', referencing='REFERENCING NEW TABLE AS new_values ', table='places_area', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='area',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "places_areaevent" ("aliases", "boundary", "boundary_source", "boundary_status", "code", "id", "kind", "level", "name", "office", "parent_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT new_values."aliases", new_values."boundary", new_values."boundary_source", new_values."boundary_status", new_values."code", new_values."id", new_values."kind", new_values."level", new_values."name", new_values."office", new_values."parent_id", _pgh_attached_context.value, CLOCK_TIMESTAMP(), \'update\', new_values."id" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='a76fee2f64a4badd94368a74bea2544f6db6c2e6', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_909a1', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='places_area', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='site',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "places_siteevent" ("address", "approximate", "area_id", "code", "id", "kind_id", "name", "outline", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "point") SELECT new_values."address", new_values."approximate", new_values."area_id", new_values."code", new_values."id", new_values."kind_id", new_values."name", new_values."outline", _pgh_attached_context.value, CLOCK_TIMESTAMP(), \'insert\', new_values."id", new_values."point" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='ca02a22de423d8a794f4f064bb47539e7cff62d5', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_af705', referencing='REFERENCING NEW TABLE AS new_values ', table='places_site', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='site',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "places_siteevent" ("address", "approximate", "area_id", "code", "id", "kind_id", "name", "outline", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "point") SELECT new_values."address", new_values."approximate", new_values."area_id", new_values."code", new_values."id", new_values."kind_id", new_values."name", new_values."outline", _pgh_attached_context.value, CLOCK_TIMESTAMP(), \'update\', new_values."id", new_values."point" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='f39f0f1964cebbf369bb0f85a461fef3310ae8a1', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_26330', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='places_site', when='AFTER')),
        ),
    ]
