"""Database constraints that Django has no declaration for, as triggers."""

import pgtrigger


def codes_exist(column: str, table: str) -> list[pgtrigger.Trigger]:
    """Every code in the array `column` must be an entry of the dictionary `table`.

    Arrays keep themes and defects inside the row, so that row history has them and bulk writes stay one statement;
    these statement-level triggers are their foreign key. (PostgreSQL allows a transition table on one event only,
    hence two triggers.)
    """
    func = f"""
        SELECT used.code INTO unknown_code
        FROM (SELECT DISTINCT unnest({column}) AS code FROM new_values) used
        LEFT JOIN {table} listed ON listed.code = used.code
        WHERE listed.code IS NULL LIMIT 1;
        IF unknown_code IS NOT NULL THEN
            RAISE foreign_key_violation USING MESSAGE = format('%s is not in {table}', unknown_code);
        END IF;
        RETURN NULL;
    """  # noqa: S608
    return [
        pgtrigger.Trigger(
            name=f"{column}_exist_on_{event}",
            level=pgtrigger.Statement,
            when=pgtrigger.After,
            operation=operation,
            referencing=pgtrigger.Referencing(new="new_values"),
            declare=[("unknown_code", "text")],
            func=func,
        )
        for event, operation in (("insert", pgtrigger.Insert), ("update", pgtrigger.Update))
    ]
