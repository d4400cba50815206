from django.db import migrations

# Cutting by position costs 44 µs for a text of 100 characters where splitting into an array of characters cost 1 ms
# (reaching the n-th element of a text array walks over all before it): 51,000 rows went in at 90 s instead of 6 s.
# The pairs are the same, so the index on them stays valid.
BY_POSITION = """
CREATE OR REPLACE FUNCTION assets_bigrams(folded text) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT coalesce(array_agg(DISTINCT substr(folded, i, 2)), '{}') FROM generate_series(1, length(folded) - 1) i
$$;
"""
BY_SPLITTING = """
CREATE OR REPLACE FUNCTION assets_bigrams(folded text) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT coalesce(array_agg(DISTINCT letters[i] || letters[i + 1]), '{}')
    FROM (SELECT regexp_split_to_array(folded, '') AS letters) split, generate_series(1, cardinality(letters) - 1) i
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("assets", "0002_initial")]

    operations = [migrations.RunSQL(BY_POSITION, BY_SPLITTING)]
