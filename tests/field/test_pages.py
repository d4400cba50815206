"""The phone page's own files: the same for everybody, complete, and allowed to run by their own policy."""

import base64
import hashlib
import json
import re

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client

from accounts.models import User
from field import pages
from places.distance import FAR_METRES, MEAN_EARTH_RADIUS_M
from tests.conftest import District

IMPORTED = re.compile(r'(?:^import|^} from|\bfrom|\bimport\()\s*\(?"([a-z-]+(?:/[a-z_./-]+)?)"', re.MULTILINE)


def kept_files() -> dict[str, str]:
    return {item.url: item.digest for item in pages.precache()}


def served(client: Client, url: str) -> bytes:
    """What comes from an address of the precache list (static files from their sources, as in a demonstration)."""
    if url.startswith(settings.STATIC_URL):
        found = finders.find(url.removeprefix(settings.STATIC_URL))
        assert found is not None, url
        with open(found, "rb") as file:
            return file.read()
    response = client.get(url)
    assert response.status_code == 200, url
    return response.content


def test_the_shell_is_the_same_for_everybody_and_sets_nothing(
    client: Client, crew: User, district: District
) -> None:
    nobody = client.get("/field/")
    client.force_login(crew)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    somebody = client.get("/field/")
    assert nobody.status_code == somebody.status_code == 200
    assert nobody.content == somebody.content
    assert not somebody.cookies
    assert "Cookie" not in somebody.get("Vary", "")
    assert crew.username not in somebody.content.decode()


def test_the_policy_allows_the_import_map_by_its_hash_and_nothing_else_inline(
    client: Client, db: None
) -> None:
    response = client.get("/field/")
    (import_map,) = re.findall(
        r'<script type="importmap">(.*?)</script>', response.content.decode(), re.DOTALL
    )
    digest = base64.b64encode(hashlib.sha256(import_map.encode()).digest()).decode()
    policy = dict(part.strip().split(" ", 1) for part in response["Content-Security-Policy"].split(";"))
    assert policy["script-src"] == f"'self' 'sha256-{digest}'"
    assert policy["style-src"] == "'self'"
    assert policy["worker-src"] == "'self'"
    assert "nonce" not in response["Content-Security-Policy"]
    inline = re.findall(r"<script(?![^>]*\bsrc=)([^>]*)>", response.content.decode())
    assert all("importmap" in attributes or "application/json" in attributes for attributes in inline)
    assert "style=" not in response.content.decode()


def test_everything_in_the_precache_list_is_there_and_is_what_it_says(client: Client, db: None) -> None:
    for url, digest in kept_files().items():
        assert hashlib.sha256(served(client, url)).hexdigest() == digest, url


def test_every_import_leads_to_a_file_that_is_kept() -> None:
    names = json.loads(pages.import_map())["imports"]
    kept = kept_files()
    assert set(names.values()) <= set(kept)
    for name, url in names.items():
        if name.startswith(("field/", "mapping/", "web/")):
            source = finders.find(url.removeprefix(settings.STATIC_URL))
            with open(source, encoding="utf-8") as module:
                for imported in IMPORTED.findall(module.read()):
                    assert imported in names, f"{name} imports {imported}"


def test_what_the_shell_and_the_stylesheets_ask_for_is_kept(client: Client, db: None) -> None:
    html = client.get("/field/").content.decode()
    asked = set(re.findall(r'(?:href|src|data-\w+)="(/[^"#]+)"', html))
    assert asked - set(kept_files()) == {"/field/manifest.webmanifest", "/static/field/icons/icon-180.png"}


def test_the_service_worker_lies_at_the_root_and_is_asked_for_anew(client: Client, db: None) -> None:
    response = client.get("/sw.js")
    assert response["Cache-Control"] == "no-cache"
    assert response["Content-Type"].startswith("text/javascript")
    listed = json.loads(re.search(r"const PRECACHE = (.*);", response.content.decode())[1])
    assert dict(listed) == kept_files()
    assert not response.cookies


def test_the_edition_changes_with_any_file(monkeypatch: pytest.MonkeyPatch) -> None:
    before = pages.version_of(pages.precache())
    assert before == pages.version_of(pages.precache())
    monkeypatch.setattr(pages, "shell_document", lambda: "another")
    assert pages.version_of(pages.precache()) != before


@pytest.mark.parametrize("language,near", [("zh-hans", "附近"), ("en", None)])
def test_words_come_by_their_address_not_by_the_cookie(
    client: Client, db: None, language: str, near: str | None
) -> None:
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en" if language == "zh-hans" else "zh-hans"
    content = client.get(f"/field/words/{language}.js").content.decode()
    assert ("\\u9644\\u8fd1" in content or "附近" in content) == (near is not None)


def test_there_are_no_words_of_other_languages(client: Client, db: None) -> None:
    assert client.get("/field/words/fr.js").status_code == 404


def test_the_manifest_makes_it_installable(client: Client, db: None) -> None:
    response = client.get("/field/manifest.webmanifest")
    assert response["Content-Type"].startswith("application/manifest+json")
    manifest = json.loads(response.content)
    assert (manifest["start_url"], manifest["scope"], manifest["display"]) == (
        "/field/",
        "/field/",
        "standalone",
    )
    assert {"192x192", "512x512"} <= {icon["sizes"] for icon in manifest["icons"]}
    for icon in manifest["icons"]:
        assert finders.find(icon["src"].removeprefix(settings.STATIC_URL)), icon["src"]


@pytest.mark.parametrize(
    "address",
    ["/field/", "/sw.js", "/field/manifest.webmanifest", "/field/words/en.js", "/field/map-worker.mjs"],
)
def test_they_are_only_read(client: Client, db: None, address: str) -> None:
    assert client.post(address).status_code == 405


def test_no_page_of_the_phone_asks_the_database(client: Client, db: None, django_assert_num_queries) -> None:
    client.get("/field/")
    for address in (
        "/field/",
        "/sw.js",
        "/field/manifest.webmanifest",
        "/field/words/en.js",
        "/field/map-worker.mjs",
    ):
        with django_assert_num_queries(0):
            client.get(address)


def page_config(client: Client) -> dict:
    found = re.search(r'<script id="page-config"[^>]*>(.*?)</script>', client.get("/field/").content.decode())
    assert found
    return json.loads(found[1])


def test_without_a_base_map_the_page_knows_of_none(client: Client, db: None) -> None:
    config = page_config(client)
    assert (config["basemap"], config["ownBasemap"]) == (None, None)


def test_the_page_is_told_what_the_server_calls_far(client: Client, db: None) -> None:
    config = page_config(client)
    assert (config["farMetres"], config["earthRadius"]) == (FAR_METRES, MEAN_EARTH_RADIUS_M)


@pytest.mark.parametrize("allowed, keep", [(False, None), (True, {"zoom": 16})])
def test_the_base_map_is_kept_only_where_it_may_be(client: Client, db: None, settings, allowed, keep) -> None:
    settings.BASEMAP_TILES = "https://tiles.example.cn/{z}/{x}/{y}.png"
    settings.BASEMAP_CRS = "gcj02"
    settings.BASEMAP_OFFLINE = allowed
    settings.BASEMAP_OFFLINE_ZOOM = 16
    basemap = page_config(client)["basemap"]
    assert (basemap["crs"], basemap["keep"]) == ("gcj02", keep)
