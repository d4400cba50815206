"""Case numbers: district, year and a serial number, as 370105-2026-000123; gaps are possible, repeats are not."""

from django.db import connection


def take_number(district_code: str, year: int) -> str:
    """The next number; held until the transaction ends, so that numbers follow the order of reports."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO cases_casecounter AS counter (district_code, year, next_serial) VALUES (%s, %s, 2)
            ON CONFLICT (district_code, year) DO UPDATE SET next_serial = counter.next_serial + 1
            RETURNING next_serial - 1
            """,
            [district_code, year],
        )
        return f"{district_code}-{year}-{cursor.fetchone()[0]:06d}"
