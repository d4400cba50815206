"""What the page says when the phone cannot keep something: never "saved"."""

import pytest
from playwright.sync_api import expect

from assets.models import Inspection
from tests.browser.conftest import Scene
from tests.browser.field_phone import FieldPhone, picture

WEST = "370105001"
FAULTS = {
    "full": """() => {
        const put = IDBObjectStore.prototype.put;
        IDBObjectStore.prototype.put = function (...row) {
            if (window.mended || this.name !== 'records') return put.apply(this, row);
            throw new DOMException('no room', 'QuotaExceededError');
        };
    }""",
    "closed": """() => {
        const transaction = IDBDatabase.prototype.transaction;
        IDBDatabase.prototype.transaction = function (stores, mode, ...more) {
            if (window.mended || mode !== 'readwrite') return transaction.call(this, stores, mode, ...more);
            throw new DOMException('The database connection is closing.', 'InvalidStateError');
        };
    }""",
}
SAYS = {"full": "storage is full", "closed": "closed its storage"}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_record_that_could_not_be_kept_is_not_called_saved(
    phone: FieldPhone, crew, scene: Scene, fault: str
) -> None:
    phone.begin(crew, WEST)
    phone.page.evaluate(FAULTS[fault])
    phone.report(scene.alone, "damaged")
    expect(phone.page.locator(".sheet-form .problem")).to_contain_text(SAYS[fault])
    expect(phone.page.locator('[data-condition="damaged"]')).to_have_attribute("aria-checked", "true")
    assert phone.stored("records") == []
    phone.page.evaluate("window.mended = true")
    phone.page.locator(".sheet-form .button.primary").click()
    expect(phone.page.locator(".sheet-form")).to_be_hidden()
    phone.expect_outbox()
    assert Inspection.objects.count() == 1


def test_a_database_the_browser_closed_once_is_opened_again(phone: FieldPhone, crew, scene: Scene) -> None:
    phone.begin(crew, WEST)
    phone.page.evaluate(
        """() => {
            const transaction = IDBDatabase.prototype.transaction;
            let closed = false;
            IDBDatabase.prototype.transaction = function (...call) {
                if (closed) return transaction.apply(this, call);
                closed = true;
                this.close();
                return transaction.apply(this, call);
            };
        }"""
    )
    phone.reported(scene.alone)
    phone.expect_outbox()
    assert Inspection.objects.count() == 1


def test_a_full_phone_refuses_a_photo_in_words(phone: FieldPhone, crew, scene: Scene) -> None:
    phone.begin(crew, WEST)
    phone.page.evaluate(FAULTS["full"].replace("records", "photos"))
    phone.go(f"report/{scene.alone.uid}")
    phone.page.locator(".sheet-form input[type=file]").set_input_files(picture())
    expect(phone.page.locator(".toast.bad")).to_contain_text("storage is full")
    expect(phone.page.locator(".shot")).to_have_count(0)


def test_room_is_shown(phone: FieldPhone, crew) -> None:
    phone.begin(crew, WEST)
    phone.tab("outbox")
    expect(phone.page.locator("#storage-words")).to_contain_text("used")
