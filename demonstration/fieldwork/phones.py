"""A phone of the demonstration: it numbers what its holder does, and sends it with its photos as the page would."""

import hashlib
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import numpy as np
from django.contrib.gis.geos import Point

from accounts.models import AccessToken, TokenPurpose, User
from accounts.tokens import LIFETIMES
from assets.models import Asset, Condition, Maintenance, Photo, PhotoStage
from demonstration.district.pictures import QUALITY, Scene, draw
from demonstration.fieldwork.invention import InventedPhone
from demonstration.fieldwork.walks import shifted
from field.actions.issue_device import issue_device
from field.actions.revoke_device import revoke_device
from field.models import PhotoUpload
from field.up.receiving import MOST_OPERATIONS, Sender, receive
from field.up.uploads import Piece, take_piece


@dataclass
class DemonstrationPhone:
    """One installation of the page in somebody's hand."""

    user: User
    token: AccessToken
    rng: np.random.Generator
    count: int = 0
    waiting: list[dict[str, Any]] = field(default_factory=list)
    photos: dict[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.id = uuid.UUID(bytes=self.rng.bytes(16), version=4)

    def inspect(
        self, asset: Asset, condition: Condition, at: datetime, *, place: Point | None, **more: Any
    ) -> dict[str, Any]:
        """Report a condition. `more`: defects, note, and whether with a `photo`."""
        fields: dict[str, Any] = {"condition": condition.code, "defects": more.get("defects", [])}
        fields["note"] = more.get("note", "")
        photos = []
        if more.get("photo"):
            photos.append(self._photo(asset, condition, fields["defects"], at, PhotoStage.INSPECTION))
        return self.write("inspect", at, place=place, asset=asset, fields=fields, photos=photos)

    def finish(
        self, job: Maintenance, at: datetime, *, place: Point | None, cost: str, note: str, photo: bool
    ) -> dict[str, Any]:
        """Report a job as done; with a photo of the asset as it is now, if somebody took one."""
        fields = {"cost": cost, "note": note, "resulting_condition": Condition.GOOD.code}
        photos = [self._photo(job.asset, Condition.GOOD, [], at, PhotoStage.AFTER)] if photo else []
        return self.write("job_done", at, place=place, job=job, fields=fields, photos=photos)

    def create(self, values: dict[str, Any], at: datetime, *, place: Point, near: Asset) -> dict[str, Any]:
        """Enter something that was not in the catalogue; `near` is what it is drawn like."""
        photo = self._photo(near, Condition.GOOD, [], at, PhotoStage.OVERVIEW)
        uid = self.new_uuid()
        fields = {**values, "position": {"lon": place.x, "lat": place.y, "accuracy": self._accuracy()}}
        return self.write("create", at, place=place, asset=uid, fields=fields, photos=[photo])

    def write(
        self,
        kind: str,
        at: datetime,
        *,
        place: Point | None,
        asset: Asset | str | None = None,
        job: Maintenance | None = None,
        base_version: int | None = None,
        fields: dict[str, Any] | None = None,
        photos: list[dict[str, Any]] | None = None,
    ) -> dict[str, Any]:
        """An operation, put into the outbox."""
        self.count += 1
        operation = {
            "op_id": str(self._operation_id(at)),
            "user": self.user.pk,
            "phone": str(self.id),
            "seq": self.count,
            "kind": kind,
            "asset": str(asset.uid) if isinstance(asset, Asset) else asset,
            "job": job.pk if job else None,
            "base_version": base_version,
            "at": at.isoformat(timespec="milliseconds"),
            "position": {"lon": place.x, "lat": place.y, "accuracy": self._accuracy()} if place else None,
            "fields": fields or {},
            "photos": photos or [],
        }
        self.waiting.append(operation)
        return operation

    def send(self, at: datetime) -> list[dict[str, Any]]:
        """Send what waits, as if it arrived at `at`, and then the photos that the server asks for.

        Raises:
            RuntimeError: the server was busy, which one that has the database to itself is not.
        """
        results: list[dict[str, Any]] = []
        while self.waiting:
            part, self.waiting = self.waiting[:MOST_OPERATIONS], self.waiting[MOST_OPERATIONS:]
            results += receive(Sender(self.user, self.token), part, at, arrived_at=at)
        for result in results:
            if result["status"] == "later":
                raise RuntimeError(result["message"])
            for sha256 in result["photos_wanted"]:
                data = self.photos.pop(sha256)
                take_piece(self.user, sha256, Piece(0, len(data), data))
        self.used(at)
        return results

    def spot(self, point: Point, metres: float = 0.0) -> Point | None:
        """Where somebody in front of an asset stands, `metres` away; None where a phone does not know."""
        if not metres and self.rng.random() < 0.04:
            return None
        angle = self.rng.uniform(0, 2 * np.pi)
        away = metres or float(self.rng.gamma(2.0, 4.0))
        return shifted(point, away * float(np.cos(angle)), away * float(np.sin(angle)))

    def new_uuid(self) -> str:
        """What this phone calls something new."""
        return str(uuid.UUID(bytes=self.rng.bytes(16), version=4))

    def _photo(
        self, asset: Asset, condition: Condition, defects: list[str], at: datetime, stage: PhotoStage
    ) -> dict[str, Any]:
        scene = Scene(
            asset.type.symbol,
            asset.wording or asset.name,
            int(condition),
            tuple(defects),
            int(self.rng.integers(2**31)),
        )
        out = BytesIO()
        draw(scene).save(out, "JPEG", quality=QUALITY)
        data = out.getvalue()
        sha256 = hashlib.sha256(data).hexdigest()
        self.photos[sha256] = data
        return {
            "sha256": sha256,
            "size": len(data),
            "type": "image/jpeg",
            "taken_at": at.isoformat(timespec="milliseconds"),
            "role": stage.value,
        }

    def _accuracy(self) -> float:
        return round(float(np.clip(np.exp(self.rng.normal(2.1, 0.5)), 3, 45)), 1)

    def _operation_id(self, at: datetime) -> uuid.UUID:
        """A UUIDv7."""
        moment = int(at.timestamp() * 1000).to_bytes(6, "big")
        number = int.from_bytes(moment + self.rng.bytes(10), "big")
        number = number & ~(0xF << 76) | 7 << 76
        return uuid.UUID(int=number & ~(0x3 << 62) | 2 << 62)

    def used(self, at: datetime) -> None:
        """Its token was used, and so renewed."""
        self.token.last_used_at, self.token.expires_at = at, at + LIFETIMES[TokenPurpose.FIELD]
        self.token.save(update_fields=["last_used_at", "expires_at"])


def hand_out(
    user: User, phone: InventedPhone, today: datetime, rng: np.random.Generator
) -> DemonstrationPhone:
    """A phone with a token since so many days. Nobody knows its secret: it is thrown away."""
    token, _secret = issue_device(user, phone.label)
    since = today - timedelta(days=phone.since)
    # Only the queryset gets past `auto_now_add`.
    AccessToken.objects.filter(pk=token.pk).update(created_at=since)
    token.last_used_at, token.expires_at = since, since + LIFETIMES[TokenPurpose.FIELD]
    token.save(update_fields=["last_used_at", "expires_at"])
    return DemonstrationPhone(user, token, rng)


def lose(phone: DemonstrationPhone, office: User, on: datetime) -> None:
    """The office ends a lost phone's token."""
    revoke_device(office, phone.token)
    AccessToken.objects.filter(pk=phone.token.pk).update(revoked_at=on)


def mark_as_drawn() -> int:
    """Say of all photos that came from these phones that nobody took them; returns how many."""
    sent = PhotoUpload.objects.exclude(stored_sha256="").values("stored_sha256")
    return Photo.objects.filter(sha256__in=sent, drawn=False).update(drawn=True)
