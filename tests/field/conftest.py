"""A phone, as the server meets it: it numbers what its user does, sends it, and fetches."""

import hashlib
import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.gis.geos import Point
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from PIL import Image

from accounts.models import TokenPurpose, User
from accounts.tokens import issue_token
from assets.models import Asset
from tests.conftest import District
from tests.factories import make_asset, make_theme, make_type

# Component ids that the counters, which outlive a test, do not reach.
UNISSUED = "37010503008999%03d"


@dataclass
class Phone:
    """One installation, signed in as somebody."""

    user: User
    secret: str
    id: uuid.UUID = field(default_factory=uuid.uuid4)
    count: int = 0
    client: Client = field(default_factory=Client)
    new_uuid: Callable[[], uuid.UUID] = uuid.uuid4

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.secret}", "Cookie": "django_language=en"}

    def op(self, kind: str, **values: Any) -> dict[str, Any]:
        """An operation, with everything a real one has; `values` say what it is about."""
        self.count += 1
        asset = values.pop("asset", None)
        return {
            "op_id": str(self.new_uuid()),
            "user": self.user.pk,
            "phone": str(self.id),
            "seq": self.count,
            "kind": kind,
            "asset": str(asset.uid) if isinstance(asset, Asset) else asset,
            "job": None,
            "base_version": asset.version if isinstance(asset, Asset) else None,
            "at": timezone.now().isoformat(),
            "position": None,
            "fields": {},
            "photos": [],
            **values,
        }

    def inspect(self, asset: Any, condition: str = "good", **values: Any) -> dict[str, Any]:
        fields = {"condition": condition, **values.pop("fields", {})}
        return self.op("inspect", asset=asset, fields=fields, **values)

    def edit(self, asset: Any, fields: dict[str, Any], **values: Any) -> dict[str, Any]:
        return self.op("edit", asset=asset, fields=fields, **values)

    def create(self, **fields: Any) -> dict[str, Any]:
        fields = {"type": "notice_board", "position": {"lon": 116.99, "lat": 36.68}, **fields}
        return self.op("create", asset=str(self.new_uuid()), fields=fields)

    def post(self, *operations: Any, device_time: datetime | None = None) -> HttpResponse:
        body = {"device_time": (device_time or timezone.now()).isoformat(), "ops": list(operations)}
        return self.post_text(json.dumps(body))

    def post_text(self, body: str | bytes) -> HttpResponse:
        return self.client.post(
            "/api/field/sync", body, content_type="application/json", headers=self.headers
        )

    def send(self, *operations: Any, device_time: datetime | None = None) -> list[dict[str, Any]]:
        """Send operations and give their results."""
        answer = self.post(*operations, device_time=device_time)
        assert answer.status_code == 200, answer.content
        results: list[dict[str, Any]] = answer.json()["results"]
        return results

    def get(self, address: str, **query: str) -> HttpResponse:
        return self.client.get(f"/api/field/{address}", query, headers=self.headers)

    def put_photo(
        self, data: bytes, *, sha256: str = "", start: int = 0, end: int | None = None
    ) -> HttpResponse:
        """Send a photo, or the bytes of it from `start` to before `end`."""
        piece = data[start:end]
        return self.client.put(
            f"/api/field/photos/{sha256 or sha256_of(data)}",
            piece,
            content_type="application/octet-stream",
            headers={
                **self.headers,
                "Content-Range": f"bytes {start}-{start + len(piece) - 1}/{len(data)}",
            },
        )

    def head_photo(self, sha256: str) -> HttpResponse:
        return self.client.head(f"/api/field/photos/{sha256}", headers=self.headers)


def phone_of(user: User) -> Phone:
    """A phone with a fresh token."""
    return Phone(user, issue_token(user, TokenPurpose.FIELD, "test")[1])


def jpeg(colour: str = "red", size: int = 32) -> bytes:
    """A photo of one colour."""
    out = BytesIO()
    Image.new("RGB", (size, size), colour).save(out, "JPEG")
    return out.getvalue()


def sha256_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def named(data: bytes, role: str | None = None) -> dict[str, Any]:
    """How an operation names a photo."""
    return {"sha256": sha256_of(data), "size": len(data), "type": "image/jpeg", "role": role}


@pytest.fixture(autouse=True)
def photos_go_elsewhere(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def board(district: District) -> Asset:
    """A notice board in the west street."""
    make_theme("core_values")
    return make_asset(
        Point(116.99, 36.68, srid=4326), type=make_type(), code=UNISSUED % 0, name="宣传栏", wording="旧的"
    )


@pytest.fixture
def phone(crew: User) -> Phone:
    """A crew member's."""
    return phone_of(crew)


@pytest.fixture
def editors_phone(owner: User) -> Phone:
    """A street editor's, in the west street."""
    return phone_of(owner)


@pytest.fixture
def signed_in() -> Callable[[User | None], Client]:
    """A browser signed in as somebody, or as nobody, in English."""

    def client_of(user: User | None) -> Client:
        client = Client()
        client.cookies["django_language"] = "en"
        if user is not None:
            client.force_login(user)
        return client

    return client_of
