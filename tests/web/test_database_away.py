"""A database that goes away in the middle of a request: 503 in words, and all is well once it is back."""

import pytest
from django.db import connection

from web.problems import AWAY_SECONDS

pytestmark = pytest.mark.django_db(transaction=True)


def ended_before(execute, sql, params, many, context):
    """Have the server end this process's own connection before each statement, as it does when it is stopped."""
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(%s, 10000)", [connection.connection.get_backend_pid()]
            )
    finally:
        other.close()
    return execute(sql, params, many, context)


@pytest.mark.parametrize(
    "address", ["/map/", "/api/assets", "/tiles/assets.json", "/api/legend", "/due/", "/artworks/"]
)
def test_a_lost_database_is_told_in_words_and_passes(town, reader, address):
    well = reader.get(address).status_code
    assert well == 200
    reader.raise_request_exception = False
    with connection.execute_wrapper(ended_before):
        answer = reader.get(address)
    assert answer.status_code == 503
    assert answer["Retry-After"] == str(AWAY_SECONDS)
    assert "数据库" in answer.content.decode()
    connection.close()
    assert reader.get(address).status_code == 200


def test_a_fault_of_ours_is_still_one(town, reader):
    reader.raise_request_exception = False
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE assets_assettype RENAME COLUMN symbol TO gone")
    try:
        assert reader.get("/api/assets").status_code == 500
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE assets_assettype RENAME COLUMN gone TO symbol")
