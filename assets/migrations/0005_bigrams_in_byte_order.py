from django.db import migrations

# The characters and the text without its first one, side by side, need no search for the n-th character; sorted as
# bytes, which is the order of the index anyway, they need no collation. 16 µs a row less of 69, index included.
SIDE_BY_SIDE = """
CREATE OR REPLACE FUNCTION assets_bigrams(folded text) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT coalesce(array_agg(DISTINCT (one || next) COLLATE "C"), '{}')
    FROM unnest(string_to_array(folded, NULL), string_to_array(substr(folded, 2), NULL)) AS pair (one, next)
    WHERE next IS NOT NULL
$$;
"""
BY_POSITION = """
CREATE OR REPLACE FUNCTION assets_bigrams(folded text) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT coalesce(array_agg(DISTINCT substr(folded, i, 2)), '{}') FROM generate_series(1, length(folded) - 1) i
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("assets", "0004_qualified_search_functions")]

    operations = [migrations.RunSQL(SIDE_BY_SIDE, BY_POSITION)]
