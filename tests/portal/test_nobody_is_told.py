"""No public address tells of a person: names and telephones are planted everywhere, then everything public is walked.

Two walks, as nobody: along every link, form and picture from the public pages, and over every address of the product.
"""

import re
from datetime import date
from html import unescape
from io import BytesIO
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from django.conf import settings as django_settings
from django.contrib.staticfiles import finders
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from pytest_django import Settings

from accounts.models import User
from assets.models import Asset
from assets.photos import store_photo
from cases.actions.dispatch_case import accept_case, dispatch_case
from cases.actions.file_case import file_case
from cases.actions.fix_case import fix_case, verify_fix
from cases.actions.urge_case import urge_case
from cases.models import Case
from places.models import FormerAnswer, Holder, Responsibility, ResponsibilityKind, Unit
from portal.actions.publish_pair import publish_pair, redact_photo
from portal.models import ResidentAnswer
from tests.cases.conftest import Scene, by, calendar, moment, scene
from tests.factories import make_keeper, make_site
from tests.mapping.addresses import filled, patterns
from tests.mapping.pictures import jpeg

__all__ = ["calendar", "scene"]

pytestmark = pytest.mark.django_db

# Each in one place, so that a leak says where from.
TELEPHONES = [f"1390000{number:04d}" for number in range(20)]
NAMES = [
    "欧阳主任",
    "上官书记",
    "诸葛大姐",
    "司马师傅",
    "皇甫队长",
    "夏侯巡访",
    "东方大妈",
    "令狐专员",
    "尉迟网格",
    "公孙旧任",
]
CAMERA = "camera-of-somebody"
WORDS = ["内部备注勿外传", "内部理由勿外传", "居民原话勿外传", "催办内容勿外传"]


def planted() -> list[str]:
    return [*TELEPHONES, *NAMES, *WORDS, CAMERA]


@pytest.fixture
def street(scene: Scene, settings: Settings, tmp_path: Path) -> Scene:
    """A district in which everybody has a name and a telephone."""
    settings.PUBLIC_REPORTS = True
    settings.MEDIA_ROOT = tmp_path
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    Unit.objects.filter(pk=scene.unit.pk).update(contact_person=NAMES[3], contact_phone=TELEPHONES[3])
    for kind, place, name, telephone in (
        (ResponsibilityKind.LEADER, {"area": scene.district.west}, NAMES[0], TELEPHONES[0]),
        (ResponsibilityKind.UNIT, {"area": scene.district.southwest}, NAMES[1], TELEPHONES[1]),
    ):
        holder = Holder.objects.create(name=name, post="负责人", unit=scene.unit, telephone=telephone)
        Responsibility.objects.create(kind=kind, holder=holder, begins_on=date(2026, 1, 1), **place)
    for user, name in ((scene.desk, NAMES[7]), (scene.patrol, NAMES[5]), (scene.liaison, NAMES[8])):
        User.objects.filter(pk=user.pk).update(display_name=name)
        user.refresh_from_db()
    Asset.objects.filter(pk=scene.asset.pk).update(remarks=f"{WORDS[0]} {TELEPHONES[4]}")
    site = make_site("济南站", code="370105S001", area=scene.district.southwest)
    make_keeper(site, scene.unit, NAMES[4], post="点位管理员", telephone=TELEPHONES[5])
    # Of former times: what the old columns said, and somebody whose time is over.
    FormerAnswer.objects.create(
        site=site, leader=NAMES[2], telephone=TELEPHONES[13], begins_on=date(2026, 1, 1)
    )
    make_keeper(site, None, NAMES[9], telephone=TELEPHONES[14], ends_on=date(2026, 2, 1))
    return scene


def with_position() -> bytes:
    """A photo that says where and by what it was taken."""
    out = BytesIO()
    picture = Image.open(BytesIO(jpeg("white")))
    exif = picture.getexif()
    exif[0x010F] = CAMERA  # who made it
    exif.get_ifd(0x8825)[1] = "N"
    picture.save(out, "JPEG", exif=exif)
    assert CAMERA.encode() in out.getvalue()
    return out.getvalue()


def reported(client: Client, scene: Scene) -> str:
    """A resident's report with all that they may leave; its tracking code."""
    page = client.post(
        "/report/",
        {
            "category": "soiled",
            "plate": scene.asset.code,
            "description": f"{NAMES[6]} {WORDS[2]} {TELEPHONES[6]}",
            "address": f"{NAMES[6]}家门口 {TELEPHONES[7]}",
            "telephone": TELEPHONES[8],
            "photos": SimpleUploadedFile("x.jpg", with_position(), "image/jpeg"),
        },
        follow=True,
    ).content.decode()
    return re.findall(r'tracking-code">([\w-]+)<', page)[0]


def answered(client: Client, scene: Scene) -> None:
    for card in (f"/a/{scene.asset.code}", "/s/370105S001"):
        client.post(f"{card}/answer", {"answer": "no"})
        uid = ResidentAnswer.objects.latest("id").uid
        client.post(
            f"/answers/{uid}/more", {"words": f"{NAMES[6]} {TELEPHONES[9]}", "telephone": TELEPHONES[10]}
        )
        client.post(f"{card}/remark", {"kind": "praise", "words": f"{NAMES[6]} {TELEPHONES[11]}"})


def shown(scene: Scene, case: Case) -> None:
    """Through to the public page."""
    case = file_case(by(scene.desk), case)
    case = dispatch_case(by(scene.desk), case, scene.unit, WORDS[1], person=NAMES[3])
    urge_case(by(scene.leader), case, WORDS[3], answer_by=moment("2027-03-01 10:00"))
    case = accept_case(by(scene.liaison), case)
    case = fix_case(by(scene.liaison), case, [store_photo(jpeg("blue"))], note=f"{WORDS[1]} {TELEPHONES[12]}")
    case = verify_fix(by(scene.patrol), case, seen=True, note=WORDS[1])
    before, after = case.photos.order_by("id")
    copies = [redact_photo(by(scene.desk), photo, [[0, 0, 0.4, 0.4]]) for photo in (before, after)]
    publish_pair(by(scene.desk), case, copies[0], copies[1], "宣传栏已擦净", looked_at=True)


class Walk:
    """Everything that can be reached without an account, each address once."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.bodies: dict[str, bytes] = {}

    def look(self, address: str) -> None:
        waiting = [address]
        while waiting:
            here = waiting.pop()
            if here in self.bodies or len(self.bodies) > 400:
                continue
            response = self.client.get(here)
            self.keep(here, response)
            if "location" in response:
                waiting.append(urljoin(here, response["location"]))
            if response.get("Content-Type", "").startswith("text/html"):
                waiting += self.further(here)

    def keep(self, address: str, response: object) -> None:
        streamed = getattr(response, "streaming", False)
        body = b"".join(response) if streamed else response.content  # type: ignore[attr-defined, call-overload]
        self.bodies[address] = body + str(getattr(response, "headers", "")).encode()

    def further(self, here: str) -> list[str]:
        page = self.bodies[here].decode()
        found = (
            urljoin(here, unescape(link)) for link in re.findall(r'(?:href|src|action)="([^"#]+)"', page)
        )
        own = (link for link in found if not urlsplit(link).netloc and link.startswith("/"))
        # Static files are the same for everybody; sign-in leads to where nobody comes without a password.
        return [link for link in own if not link.startswith((django_settings.STATIC_URL, "/sign-in/"))]

    def leaks(self) -> dict[str, list[str]]:
        return {
            address: told
            for address, body in self.bodies.items()
            if (
                told := [
                    secret
                    for secret in planted()
                    if secret.encode() in body or spaced(secret) in body.decode("utf-8", "ignore")
                ]
            )
        }


def spaced(text: str) -> str:
    """A telephone as people write it; as good as the number itself."""
    return f"{text[:3]} {text[3:7]} {text[7:]}" if text.isdigit() else text


def test_nobody_is_told_of_at_any_public_address(street: Scene, client: Client) -> None:
    client.raise_request_exception = False
    code = reported(client, street)
    shown(street, Case.objects.get())
    answered(client, street)
    walk = Walk(client)
    for address in (f"/a/{street.asset.code}", "/s/370105S001", "/report/", "/before-after/", "/answer/"):
        walk.look(address)
    walk.keep("/progress/ with its code", client.post("/progress/", {"code": code}))
    # And every address there is, whether a page leads there or not.
    case, pair = Case.objects.get(), Case.objects.get().published_pairs.get()
    values = (None, street.asset.code, case.code, "370105S001", str(pair.uid), str(pair.before.uid))
    values += (str(pair.before.source.uid), str(case.uid), street.unit.name, "37010503008000001")
    for pattern in set(patterns()):
        if pattern.startswith(("admin/", "static")):
            continue
        for value in values:
            address = filled(pattern, value)
            if "int:" not in pattern or value is None:
                walk.keep(address, client.get(address))
    seen = [
        address for address in walk.bodies if address.startswith("/before-after/") and "medium" in address
    ]
    assert len(seen) >= 2
    assert walk.leaks() == {}


def test_public_photos_say_nothing_but_their_pixels(street: Scene, client: Client) -> None:
    reported(client, street)
    shown(street, Case.objects.get())
    copy = Case.objects.get().published_pairs.get().before
    body = b"".join(client.get(f"/before-after/{copy.uid}/medium"))  # type: ignore[call-overload]
    picture = Image.open(BytesIO(body))
    assert not picture.getexif()
    assert set(picture.info) <= {
        "jfif",
        "jfif_version",
        "jfif_unit",
        "jfif_density",
        "progressive",
        "progression",
    }


@pytest.mark.parametrize(
    "address", ["/a/{code}", "/s/370105S001", "/report/", "/progress/", "/report/place", "/before-after/"]
)
def test_a_page_weighs_at_most_sixty_kilobytes(street: Scene, client: Client, address: str) -> None:
    """Uncompressed, with every file that it asks for; photos and the plain map's picture apart."""
    page = client.get(address.format(code=street.asset.code)).content.decode()
    files = set(re.findall(r'(?:href|src)="(/static/[^"#]+)', page))
    assert files
    weight = len(page.encode())
    for file in files:
        path = finders.find(file.removeprefix("/static/"))
        assert path, file
        weight += Path(path).stat().st_size
    assert weight <= 60_000


def test_the_plain_map_is_small_and_comes_nearer_with_each_press(street: Scene, client: Client) -> None:
    first = client.get("/report/place").content.decode()
    picture = unescape(re.findall(r'src="(/report/map\.svg[^"]*)"', first)[0])
    drawn = client.get(picture)
    assert drawn["Content-Type"] == "image/svg+xml"
    assert len(drawn.content) < 60_000
    given = dict(re.findall(r'name="(longitude|latitude|nearness)" value="([^"]+)"', first))
    for _ in range(5):
        page = client.get("/report/place", {**given, "at.x": "160", "at.y": "160"}).content.decode()
        given = dict(re.findall(r'name="(longitude|latitude|nearness)" value="([^"]+)"', page))
    assert given == {"longitude": "117.000000", "latitude": "36.685000", "nearness": "3"}
    link = unescape(re.findall(r'href="(/report/\?longitude[^"]+)"', page)[0])
    assert 'value="117.0' in client.get(link).content.decode()


@pytest.mark.parametrize(
    "query",
    [
        "longitude=x",
        "longitude=nan&latitude=1",
        "nearness=99&longitude=1&latitude=1",
        "at.x=x",
        "longitude=1e99&latitude=inf",
    ],
)
def test_the_plain_map_bears_any_address(street: Scene, client: Client, query: str) -> None:
    assert client.get(f"/report/place?{query}").status_code == 200
    assert client.get(f"/report/map.svg?{query}").status_code == 200
