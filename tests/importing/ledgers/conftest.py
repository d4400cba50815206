"""A ledger of the west street's office, and the way from its file to the report as the pages take it."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client

from accounts.models import User
from assets.models import Ledger
from tests.conftest import District
from tests.factories import make_theme, make_type
from tests.importing.written_ledgers import row, write_ledger


@pytest.fixture(autouse=True)
def _var(settings: Any, tmp_path: Path) -> None:
    """Files of a test stay in its own folder."""
    settings.VAR_DIR = tmp_path / "var"


@pytest.fixture(autouse=True)
def _lists(district: District) -> None:
    """The small district, a type and a theme."""
    make_type()
    make_theme(name_zh="社会主义核心价值观", name_en="Core values")


def work() -> None:
    """What `manage.py db_worker` does with what is waiting."""
    call_command("db_worker", batch=True, startup_delay=False, reload=False, verbosity=0)


@pytest.fixture
def as_user() -> Callable[..., Client]:
    """A client signed in as somebody, or as nobody, who reads English."""

    def client_of(user: User | None) -> Client:
        client = Client()
        client.cookies["django_language"] = "en"
        if user is not None:
            client.force_login(user)
        return client

    return client_of


@pytest.fixture
def client(owner: User, as_user: Callable[..., Client]) -> Client:
    """The west street's editor at a browser."""
    return as_user(owner)


def upload(client: Client, file: Path | bytes, name: str = "") -> Any:
    """Send a file."""
    content = file.read_bytes() if isinstance(file, Path) else file
    called = name or (file.name if isinstance(file, Path) else "ledger.csv")
    return client.post("/import/", {"file": SimpleUploadedFile(called, content)})


def received(client: Client, file: Path | bytes, name: str = "") -> Ledger:
    """Send a file and have it read."""
    answer = upload(client, file, name)
    assert answer.status_code == 302, answer.content.decode()
    work()
    return Ledger.objects.get(uid=re.findall(r"/import/([0-9a-f-]{36})/", answer["Location"])[0])


def column_answers(ledger: Ledger, client: Client, **changed: Any) -> dict[str, Any]:
    """The form of the columns as the page offers it, with what a person changes in it."""
    page = client.get(f"/import/{ledger.uid}/columns").content.decode()
    answers: dict[str, Any] = {"source": "office", "near_metres": "5"}
    for name, body in re.findall(r'<select name="(column-\d+)"(.*?)</select>', page, re.S):
        selected = re.findall(r'<option value="([^"]*)" selected', body)
        answers[name] = selected[0] if selected else ""
    return {**answers, **changed}


def checked(client: Client, file: Path | bytes, name: str = "", crs: str = "wgs84", **answers: Any) -> Ledger:
    """Send a file, answer everything, and have it checked."""
    ledger = received(client, file, name)
    answer = client.post(f"/import/{ledger.uid}/columns", column_answers(ledger, client, **answers))
    assert answer.status_code == 302, answer.content.decode()
    if answer["Location"].endswith("/position"):
        answer = client.post(f"/import/{ledger.uid}/position", {"crs": crs})
        assert answer.status_code == 302, answer.content.decode()
    work()
    ledger.refresh_from_db()
    return ledger


def imported(
    client: Client, file: Path | bytes, name: str = "", *, skip_bad: bool = False, **answers: Any
) -> Ledger:
    """All of it."""
    ledger = checked(client, file, name, **answers)
    client.post(f"/import/{ledger.uid}/commit", {"skip_bad": "yes"} if skip_bad else {})
    work()
    ledger.refresh_from_db()
    return ledger


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Three rows that would come in."""
    return write_ledger(
        tmp_path,
        row(source_id="1", name="一号", condition="完好"),
        row(source_id="2", name="二号"),
        row(source_id="3", name="三号"),
    )


def text(answer) -> str:
    """What an answer shows, with single blanks."""
    return re.sub(r"\s+", " ", answer.content.decode())
