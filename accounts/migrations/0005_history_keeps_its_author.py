from django.db import migrations

# Rows of history name their author, origin and batch in a context. While it is open, it may be told more (pghistory adds
# keys as they become known); what it has said is never changed or taken back, by whatever role or statement.
KEPT = """
CREATE FUNCTION accounts_context_keeps_what_it_said() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NEW.id <> OLD.id OR NEW.created_at <> OLD.created_at OR NOT NEW.metadata @> OLD.metadata THEN
        RAISE EXCEPTION 'The author of a change is never rewritten.' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER keeps_what_it_said BEFORE UPDATE ON pghistory_context
    FOR EACH ROW EXECUTE FUNCTION accounts_context_keeps_what_it_said();
"""
GIVEN_UP = """
DROP TRIGGER keeps_what_it_said ON pghistory_context;
DROP FUNCTION accounts_context_keeps_what_it_said();
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_access_token"), ("pghistory", "0007_auto_20250421_0444")]

    operations = [migrations.RunSQL(KEPT, GIVEN_UP)]
