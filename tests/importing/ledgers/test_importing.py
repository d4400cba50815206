"""From the file to the report, as a person does it in the browser."""

import pytest

from assets.models import Asset, Batch, Inspection, LedgerState
from tests.importing.ledgers.conftest import checked, imported, received

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_ledger_goes_from_the_file_to_the_catalogue(client, owner, file):
    ledger = received(client, file)
    assert (ledger.state, ledger.contents["rows"], ledger.office) == (LedgerState.READ, 3, "370105001")

    ledger = checked(client, file)
    assert (ledger.state, ledger.report["created"]) == (LedgerState.CHECKED, 3)
    assert not Asset.objects.exists()
    page = client.get(f"/import/{ledger.uid}/").content.decode()
    assert "3 new and 0 changed assets would be written" in page

    ledger = imported(client, file)
    assert (ledger.state, ledger.imported_by) == (LedgerState.IMPORTED, owner)
    assert Asset.objects.count() == 3
    assert Inspection.objects.count() == 1
    assert ledger.batch == Batch.objects.get()
    report = client.get(f"/import/{ledger.uid}/").content.decode()
    assert "Imported: 3 new, 0 changed" in report
    assert "一号" in report
