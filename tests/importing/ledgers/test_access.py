"""Who sees an import, and who may go on with it: its owner, those who may import in its office's area, nobody else."""

import re
from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import Role, User
from assets.models import Ledger, LedgerState
from tests.conftest import District
from tests.factories import make_user
from tests.importing.ledgers.conftest import checked, imported, upload

pytestmark = pytest.mark.django_db(transaction=True)

# What can be asked of a ledger: (method, address below its own).
OF_A_LEDGER = [
    ("get", ""),
    ("get", "rows"),
    ("get", "columns"),
    ("post", "columns"),
    ("get", "position"),
    ("post", "position"),
    ("post", "sheet"),
    ("post", "values"),
    ("post", "commit"),
    ("get", "undo"),
    ("post", "undo"),
    ("post", "again"),
    ("post", "discard"),
    ("post", "photos"),
    ("get", "file"),
    ("get", "corrections.xlsx"),
]


@pytest.fixture
def ledger(client: Client, file) -> Ledger:
    """A ledger of the west street, checked."""
    return checked(client, file)


@pytest.mark.parametrize("method, below", OF_A_LEDGER)
def test_a_colleague_of_another_street_and_a_stranger_find_nothing(
    ledger, colleague, stranger, as_user, method, below
):
    for user in (colleague, stranger):
        answer = getattr(as_user(user), method)(f"/import/{ledger.uid}/{below}")
        assert answer.status_code == 404, (user, below)
    ledger.refresh_from_db()
    assert ledger.state == LedgerState.CHECKED


@pytest.mark.parametrize("method, below", [("get", ""), *OF_A_LEDGER])
def test_who_has_no_right_to_import_is_refused_and_nobody_is_asked_to_sign_in(
    ledger, viewer, crew, planner, as_user, method, below
):
    for user in (viewer, crew, planner):
        assert getattr(as_user(user), method)(f"/import/{ledger.uid}/{below}").status_code == 403, user
    answer = getattr(as_user(None), method)(f"/import/{ledger.uid}/{below}")
    assert (answer.status_code, answer["Location"].startswith("/sign-in/")) == (302, True)


def test_the_first_page_and_the_template_are_for_who_may_import(owner, viewer, stranger, as_user):
    for address in ("/import/", "/import/template.xlsx"):
        assert as_user(owner).get(address).status_code == 200
        assert as_user(stranger).get(address).status_code == 200
        assert as_user(viewer).get(address).status_code == 403
        assert as_user(None).get(address).status_code == 302


def test_a_file_of_somebody_who_may_not_import_is_not_kept(viewer, as_user, settings):
    assert upload(as_user(viewer), b"x", "ledger.csv").status_code == 403
    assert upload(as_user(None), b"x", "ledger.csv").status_code == 302
    assert not list(settings.VAR_DIR.glob("**/*.upload"))
    assert not Ledger.objects.exists()


def test_an_upload_without_the_forms_token_is_refused(owner):
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner)
    assert upload(client, b"x", "ledger.csv").status_code == 403
    assert not Ledger.objects.exists()


def test_a_file_is_not_taken_in_the_name_of_another_office(client, file):
    from django.core.files.uploadedfile import SimpleUploadedFile

    upload = {"file": SimpleUploadedFile("ledger.csv", file.read_bytes()), "office": "370105002"}
    assert client.post("/import/", upload).status_code == 403
    assert not Ledger.objects.exists()


def test_the_department_sees_its_streets_imports_and_a_street_only_its_own(
    ledger, publicity, colleague, stranger, owner, as_user
):
    def listed(user: User) -> int:
        return len(
            re.findall(r'<th scope="row"><a href="/import/', as_user(user).get("/import/").content.decode())
        )

    assert [listed(user) for user in (owner, publicity, colleague, stranger)] == [1, 1, 0, 0]
    assert as_user(publicity).get(f"/import/{ledger.uid}/").status_code == 200


def test_somebody_else_of_the_office_may_finish_what_one_began(
    ledger, district: District, as_user: Callable[..., Client]
):
    second = make_user(Role.STREET_EDITOR, district.west, username="second")
    client = as_user(second)
    assert client.post(f"/import/{ledger.uid}/commit").status_code == 302
    ledger.refresh_from_db()
    assert ledger.state == LedgerState.IMPORTING
    assert ledger.run.started_by == second


def test_the_progress_is_for_the_same_people(ledger, owner, publicity, colleague, stranger, viewer, as_user):
    statuses = {
        user.username: as_user(user).get(f"/api/ledgers/{ledger.uid}").status_code
        for user in (owner, publicity, colleague, stranger, viewer)
    }
    assert statuses == {"owner": 200, "publicity": 200, "colleague": 404, "stranger": 404, "viewer": 403}
    assert as_user(None).get(f"/api/ledgers/{ledger.uid}").status_code == 401


def test_the_tiles_are_for_the_same_people(ledger, owner, colleague, viewer, as_user):
    address = f"/tiles/ledgers/{ledger.uid}/0/0/0.mvt"
    assert [as_user(user).get(address).status_code for user in (owner, colleague, viewer, None)] == [
        200,
        404,
        403,
        401,
    ]


def test_rows_outside_the_editors_street_are_refused(client, owner, tmp_path):
    from tests.importing.written_ledgers import IN_THE_EAST, row, write_ledger

    east = {**row(source_id="2"), "lon": IN_THE_EAST[0], "lat": IN_THE_EAST[1]}
    ledger = checked(client, write_ledger(tmp_path, row(source_id="1"), east))
    assert (ledger.report["created"], ledger.report["codes"]) == (1, {"not_your_area": 1})


def test_an_import_of_the_department_is_not_undone_beyond_ones_own_street(
    publicity, owner, as_user, tmp_path
):
    """The department's ledger is not even seen by the street; its own rows it could undo asset by asset."""
    from tests.importing.written_ledgers import row, write_ledger

    ledger = imported(as_user(publicity), write_ledger(tmp_path, row(source_id="1")))
    assert as_user(owner).get(f"/import/{ledger.uid}/undo").status_code == 404
