"""Keep what the old columns of areas and sites said and no row can say."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('pghistory', '0007_auto_20250421_0444'),
        ('places', '0007_views_of_site_kinds'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='FormerAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('leader', models.CharField(blank=True, max_length=40, verbose_name='leader')),
                ('person', models.CharField(blank=True, max_length=40, verbose_name='person')),
                ('telephone', models.CharField(blank=True, max_length=30, verbose_name='telephone')),
                ('begins_on', models.DateField(verbose_name='from')),
                ('ends_on', models.DateField(blank=True, null=True, verbose_name='to, included')),
                ('settled_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='settled at')),
            ],
            options={
                'verbose_name': 'former answer of the register',
                'verbose_name_plural': 'former answers of the register',
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='FormerAnswerEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('leader', models.CharField(blank=True, max_length=40, verbose_name='leader')),
                ('person', models.CharField(blank=True, max_length=40, verbose_name='person')),
                ('begins_on', models.DateField(verbose_name='from')),
                ('ends_on', models.DateField(blank=True, null=True, verbose_name='to, included')),
                ('settled_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='settled at')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddField(
            model_name='responsibilitybatch',
            name='replaced',
            field=models.JSONField(blank=True, default=list, verbose_name='rows it replaced'),
        ),
        migrations.AddField(
            model_name='formeranswer',
            name='area',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.area', verbose_name='area'),
        ),
        migrations.AddField(
            model_name='formeranswer',
            name='settled_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='settled by'),
        ),
        migrations.AddField(
            model_name='formeranswer',
            name='site',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.site', verbose_name='site'),
        ),
        migrations.AddField(
            model_name='formeranswer',
            name='unit',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.unit', verbose_name='unit'),
        ),
        migrations.AddField(
            model_name='formeranswerevent',
            name='area',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='places.area', verbose_name='area'),
        ),
        migrations.AddField(
            model_name='formeranswerevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='formeranswerevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='places.formeranswer'),
        ),
        migrations.AddField(
            model_name='formeranswerevent',
            name='settled_by',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='settled by'),
        ),
        migrations.AddField(
            model_name='formeranswerevent',
            name='site',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='places.site', verbose_name='site'),
        ),
        migrations.AddField(
            model_name='formeranswerevent',
            name='unit',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='places.unit', verbose_name='unit'),
        ),
        migrations.AddConstraint(
            model_name='formeranswer',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('area__isnull', False), ('site', None)), models.Q(('area', None), ('site__isnull', False)), _connector='OR'), name='former_answer_is_of_an_area_or_a_site'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='formeranswer',
            trigger=pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='ca864c65cc45e0fd981ce77f9fa17bab0049ba5d', operation='DELETE', pgid='pgtrigger_never_deleted_f6ba5', table='places_formeranswer', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='formeranswer',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "places_formeranswerevent" ("area_id", "begins_on", "ends_on", "id", "leader", "person", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "settled_at", "settled_by_id", "site_id", "unit_id") SELECT new_values."area_id", new_values."begins_on", new_values."ends_on", new_values."id", new_values."leader", new_values."person", _pgh_attached_context.value, CLOCK_TIMESTAMP(), \'insert\', new_values."id", new_values."settled_at", new_values."settled_by_id", new_values."site_id", new_values."unit_id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='19d9b50ab5845d44f15ce947a5a02f64f124377e', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_eb4e7', referencing='REFERENCING NEW TABLE AS new_values ', table='places_formeranswer', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='formeranswer',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "places_formeranswerevent" ("area_id", "begins_on", "ends_on", "id", "leader", "person", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "settled_at", "settled_by_id", "site_id", "unit_id") SELECT new_values."area_id", new_values."begins_on", new_values."ends_on", new_values."id", new_values."leader", new_values."person", _pgh_attached_context.value, CLOCK_TIMESTAMP(), \'update\', new_values."id", new_values."settled_at", new_values."settled_by_id", new_values."site_id", new_values."unit_id" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."area_id" IS DISTINCT FROM (new_values."area_id") OR old_values."begins_on" IS DISTINCT FROM (new_values."begins_on") OR old_values."ends_on" IS DISTINCT FROM (new_values."ends_on") OR old_values."id" IS DISTINCT FROM (new_values."id") OR old_values."leader" IS DISTINCT FROM (new_values."leader") OR old_values."person" IS DISTINCT FROM (new_values."person") OR old_values."settled_at" IS DISTINCT FROM (new_values."settled_at") OR old_values."settled_by_id" IS DISTINCT FROM (new_values."settled_by_id") OR old_values."site_id" IS DISTINCT FROM (new_values."site_id") OR old_values."unit_id" IS DISTINCT FROM (new_values."unit_id")) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='59d4cb940c06cd456ea2a9efb7d0ce59b9a97e68', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_d9d43', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='places_formeranswer', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='formeranswerevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='68c8bd02c28cdbb6e211b53ba4d1af4dad235b3d', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_b84a5', table='places_formeranswerevent', when='BEFORE')),
        ),
    ]
