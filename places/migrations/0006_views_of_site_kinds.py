"""Say of the kinds that come with the product whether they are areas, lines or points; points is the default."""

from django.db import migrations

AREAS = ("scenic_area", "estate", "community", "park", "square")
LINES = ("trunk_road", "secondary_road", "shopping_street", "back_lane")


def set_views(apps, schema_editor):
    kinds = apps.get_model("places", "SiteKind").objects
    kinds.filter(code__in=AREAS).update(view="area")
    kinds.filter(code__in=LINES).update(view="line")
    # Kinds were added before "other", which stays the last.
    kinds.filter(code="other", order__lt=290).update(order=290)


class Migration(migrations.Migration):
    dependencies = [("places", "0005_site_kind_view")]

    operations = [migrations.RunPython(set_views, migrations.RunPython.noop)]
