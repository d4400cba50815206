from django.db import migrations

# Autovacuum, REINDEX and pg_restore run with an empty search path: a function of an index that calls another by its
# bare name fails there, and the table would never be analysed.
QUALIFIED = """
CREATE OR REPLACE FUNCTION assets_search_bigrams(code text, legacy_code text, source_id text, name text, wording text,
                                                 address text)
RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT public.assets_bigrams(public.assets_search_text(code, legacy_code, source_id, name, wording, address))
$$;
"""

# ANALYZE is for the owner of a table; the runtime role may ask for it after a bulk load.
STATISTICS = """
CREATE FUNCTION assets_refresh_statistics() RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    ANALYZE public.assets_asset, public.assets_support, public.assets_inspection, public.assets_posting,
            public.assets_maintenance, public.places_area, public.places_road, public.places_site;
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("assets", "0003_faster_bigrams"), ("places", "0001_initial")]

    operations = [
        migrations.RunSQL(QUALIFIED, migrations.RunSQL.noop),
        migrations.RunSQL(STATISTICS, "DROP FUNCTION assets_refresh_statistics()"),
    ]
