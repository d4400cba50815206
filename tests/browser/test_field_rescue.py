"""The last way out, end to end: a phone that cannot send, its file at the office, and the phone that comes back."""

import pytest
from playwright.sync_api import expect

from assets.models import Asset, Condition, Inspection, Photo
from field.api import sending
from field.models import Operation
from field.up.receiving import receive
from tests.browser.conftest import Scene
from tests.browser.field_phone import FieldPhone, picture
from tests.factories import make_theme

pytestmark = pytest.mark.django_db(transaction=True)

WEST = "370105001"


def everything() -> dict[str, int]:
    """What came of the phone's work in the catalogue."""
    return {
        "operations": Operation.objects.count(),
        "inspections": Inspection.objects.count(),
        "photos": Photo.objects.count(),
        "found": Asset.objects.filter(name="新发现的宣传栏").count(),
    }


def test_unsent_work_goes_to_the_office_as_a_file_and_nothing_comes_twice(
    phone: FieldPhone, open_page, crew, publicity, scene: Scene, answers: list[str]
) -> None:
    make_theme("civility", name_zh="讲文明树新风", name_en="Civility")
    phone.begin(crew, WEST)
    with phone.without_network():
        phone.reported(scene.west[0], "damaged", photo=picture())
        phone.reported(scene.west[1])
        phone.reported(scene.west[2], "minor")
        _find_something(phone)
        phone.tab("outbox")
        with phone.page.expect_download() as download:
            phone.page.locator("#export").click()
        file = download.value.path()
        # Done at the phone; what follows is the office's, while the phone still has no network.
        assert everything() == {"operations": 0, "inspections": 0, "photos": 0, "found": 0}

        office = open_page("/fieldwork/rescue/", publicity)
        office.locator("#file").set_input_files(
            {
                "name": download.value.suggested_filename,
                "mimeType": "application/zip",
                "buffer": file.read_bytes(),
            }
        )
        office.get_by_role("button", name="Load").click()
        expect(office.get_by_role("heading", name="5 records in the file · 2 photos loaded")).to_be_visible()
        expect(office.locator("tbody tr", has_text="Applied")).to_have_count(5)
        _arrived_once(scene, crew, publicity)

    phone.expect_outbox()
    assert answers == ["duplicate"] * 5
    assert phone.stored("photos") == []  # the server has named them, so the phone has let them go
    _arrived_once(scene, crew, publicity)


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What phones are told about the records they send themselves."""
    told: list[str] = []

    def listened(*arguments, **more):
        results = receive(*arguments, **more)
        told.extend(result["status"] for result in results)
        return results

    monkeypatch.setattr(sending, "receive", listened)
    return told


def _find_something(phone: FieldPhone) -> None:
    phone.go("near")
    phone.page.locator('.float-bar a[href="#/new"]').click()
    phone.page.locator('.type[data-code="notice_board"]').click()
    phone.page.locator('[data-code="civility"]').click()
    phone.page.locator('.page-scroll [data-code="good"]').click()
    phone.page.locator("#new-name").fill("新发现的宣传栏")
    phone.page.locator(".page-scroll input[type=file]").set_input_files(picture("#3a6"))
    expect(phone.page.locator(".shot img")).to_have_count(1)
    phone.page.locator("#save-new").click()
    expect(phone.page.locator(".card", has_text="新发现的宣传栏")).to_contain_text("waiting to be sent")


def _arrived_once(scene: Scene, crew, publicity) -> None:
    """Everything is there once, as the crew's work, loaded by the office."""
    assert everything() == {"operations": 5, "inspections": 4, "photos": 2, "found": 1}
    assert set(Operation.objects.values_list("user", "rescued_by", "status")) == {
        (crew.pk, publicity.pk, "applied")
    }
    damaged = Inspection.objects.get(asset=scene.west[0])
    assert (damaged.condition, damaged.inspector, damaged.photos.count()) == (Condition.DAMAGED, crew, 1)
    found = Asset.objects.get(name="新发现的宣传栏")
    assert (found.condition, found.themes, found.photos.count()) == (Condition.GOOD, ["civility"], 1)
