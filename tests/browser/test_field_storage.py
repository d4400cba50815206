"""What the page says when the phone cannot keep something: never "saved"."""

import pytest
from playwright.sync_api import expect

from assets.models import Inspection, Photo
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
# Stores of the database's version 1, and what its rows are found by (facts are kept under a name).
FIRST_EDITION = {
    "records": "op_id",
    "photos": "sha256",
    "drafts": "key",
    "assets": "uid",
    "jobs": "id",
    "thumbs": "uid",
    "facts": None,
}
BACK_TO_THE_FIRST_EDITION = """async (stores) => {
    const promised = (request) => new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
    });
    const open = indexedDB.open.bind(indexedDB);
    IDBFactory.prototype.open = () => new EventTarget();  // The page waits for its storage until it is loaded again.
    const now = await promised(open('tianqiao-field'));
    const rows = {};
    for (const name of Object.keys(stores)) {
        const store = now.transaction(name).objectStore(name);
        rows[name] = await Promise.all([promised(store.getAllKeys()), promised(store.getAll())]);
    }
    now.close();
    const deleting = indexedDB.deleteDatabase('tianqiao-field');
    await promised(deleting);
    const making = open('tianqiao-field', 1);
    making.onupgradeneeded = () => {
        for (const [name, keyPath] of Object.entries(stores)) {
            const store = making.result.createObjectStore(name, keyPath ? { keyPath } : {});
            const [keys, values] = rows[name];
            values.forEach((value, at) => store.put(value, ...(keyPath ? [] : [keys[at]])));
        }
    };
    (await promised(making)).close();
}"""
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


def test_a_phone_with_the_first_edition_s_storage_loses_nothing(
    phone: FieldPhone, crew, scene: Scene
) -> None:
    phone.begin(crew, WEST)
    with phone.without_network():
        phone.reported(scene.alone, "damaged", photo=picture())
        phone.reported(scene.west[1])
        phone.go(f"report/{scene.west[2].uid}")
        phone.page.locator('[data-condition="severe"]').click()
        phone.until("(await (await import('field/phone/store')).count('drafts')) === 1")
        before = {store: phone.stored(store) for store in FIRST_EDITION}
        phone.page.evaluate(BACK_TO_THE_FIRST_EDITION, FIRST_EDITION)
        phone.page.reload()
        phone.tab("near")
        expect(phone.page.locator(".card").first).to_contain_text("西街 0 号宣传栏")
        assert {store: phone.stored(store) for store in FIRST_EDITION} == before
        assert (
            phone.page.evaluate(
                "indexedDB.databases().then((all) => all.find(({name}) => name === 'tianqiao-field').version)"
            )
            > 1
        )
    phone.expect_outbox()
    assert Inspection.objects.count() == 2
    assert Photo.objects.count() == 1


def test_a_page_whose_storage_another_tab_has_renewed_says_so(phone: FieldPhone, crew, scene: Scene) -> None:
    phone.begin(crew, WEST)
    phone.go(f"report/{scene.alone.uid}")
    phone.page.locator('[data-condition="good"]').click()
    phone.page.evaluate(
        """() => new Promise((resolve, reject) => {
            const request = indexedDB.open('tianqiao-field', 99);
            request.onsuccess = () => { request.result.close(); resolve(); };
            request.onerror = () => reject(request.error);
        })"""
    )
    phone.page.locator(".sheet-form .button.primary").click()
    expect(phone.page.locator(".sheet-form .problem")).to_contain_text("renewed in another tab")
