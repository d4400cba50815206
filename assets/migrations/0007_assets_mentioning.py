from django.db import migrations

# Which assets mention a word, always by way of the index. The planner thinks that a bitmap scan computes the pairs of
# every row it finds once more, so for a word that most assets mention (街道, in their addresses) it would rather compute
# them for all: 2 s for 51,000 rows instead of 0.03 s. A word of two characters is a pair itself and needs no confirming;
# a longer one mostly stands in a column as it was written, which is seen ten times faster than in the folded text.
# An array, and not a set: the planner then knows how many they are, since it asks a STABLE function of constants itself.
MENTIONING = """
CREATE FUNCTION assets_mentioning(word text) RETURNS bigint[]
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, public, pg_temp SET enable_seqscan = off SET work_mem = '32MB' AS $$
DECLARE
    folded text := lower(normalize(word, NFKC));
    pairs text[] := assets_bigrams(folded);
BEGIN
    IF length(folded) = 2 THEN
        RETURN coalesce((SELECT array_agg(id) FROM assets_asset
            WHERE assets_search_bigrams(code, legacy_code, source_id, name, wording, address) @> pairs), '{}');
    END IF;
    RETURN coalesce((SELECT array_agg(id) FROM assets_asset
        WHERE assets_search_bigrams(code, legacy_code, source_id, name, wording, address) @> pairs
          AND (strpos(code, folded) > 0 OR strpos(name, folded) > 0 OR strpos(address, folded) > 0
               OR strpos(wording, folded) > 0
               OR strpos(assets_search_text(code, legacy_code, source_id, name, wording, address), folded) > 0)),
        '{}');
END
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("assets", "0006_history_without_unused_indexes")]

    operations = [migrations.RunSQL(MENTIONING, "DROP FUNCTION assets_mentioning(text)")]
