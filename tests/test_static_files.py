"""Static files as a server collects them: compressed, kept for ever by their names, and all found."""

import gzip
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.test import Client, RequestFactory
from whitenoise.middleware import WhiteNoiseMiddleware

from config.static_files import NamedByContent
from field import pages
from web.scripts import import_map

DIGEST = re.compile(r"\.[0-9a-f]{12}\.")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("static")


@pytest.fixture
def collected(folder: Path, settings: Any) -> Iterator[Path]:
    """As `script/server` and a production server have it: collected once for all these tests."""
    settings.STATIC_FROM_SOURCE = settings.WHITENOISE_USE_FINDERS = False
    settings.STATIC_ROOT = folder
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": f"{NamedByContent.__module__}.{NamedByContent.__qualname__}"},
    }
    if not any(folder.iterdir()):
        call_command("collectstatic", interactive=False, verbosity=0)
    return folder


def served(address: str, **headers: str) -> Any:
    """An answer of WhiteNoise over the folder as it is."""
    middleware = WhiteNoiseMiddleware(lambda _request: None)  # type: ignore[arg-type,return-value]
    return middleware(RequestFactory().get(address, headers=headers))


def test_every_module_of_the_map_is_there_under_its_digest(collected: Path) -> None:
    for name, address in import_map().items():
        assert (collected / address.removeprefix("/static/")).is_file(), name
        assert DIGEST.search(address) or address.endswith(".mjs"), address


def test_what_carries_a_digest_is_kept_for_a_year_and_compressed(collected: Path) -> None:
    answer = served(static("web/css/tokens.css"), accept_encoding="gzip")
    age = re.search(r"max-age=(\d+)", answer["Cache-Control"])
    assert age
    assert int(age[1]) >= 365 * 24 * 3600
    assert "immutable" in answer["Cache-Control"]
    assert answer["Content-Encoding"] == "gzip"
    assert gzip.decompress(b"".join(answer)) == b"".join(served(static("web/css/tokens.css")))


@pytest.mark.parametrize("name", ["vendor/maplibre/maplibre-gl.mjs", "vendor/qr/decode.js"])
def test_what_finds_its_other_parts_beside_itself_keeps_its_name_and_is_asked_about(
    collected: Path, name: str
) -> None:
    assert static(name) == f"/static/{name}"
    assert "immutable" not in served(static(name))["Cache-Control"]


def test_no_file_names_another_that_was_not_collected(collected: Path) -> None:
    """Relative addresses in scripts and stylesheets lead somewhere."""
    in_scripts = re.compile(r"""(?:from|import)\s*\(?\s*["'](\.{1,2}/[^"']+)["']""")
    in_styles = re.compile(r"""url\(["']?(?!data:|#|/|http)([^"')]+)""")
    looked_at = 0
    for path in collected.rglob("*"):
        if path.suffix not in (".js", ".mjs", ".css") or "admin" in path.parts or "gis" in path.parts:
            continue
        for named in (in_styles if path.suffix == ".css" else in_scripts).findall(path.read_text()):
            looked_at += 1
            assert (path.parent / named.partition("#")[0]).is_file(), f"{path.name} names {named}"
    assert looked_at >= 3


def test_the_phone_keeps_what_is_served_under_the_digests_it_expects(collected: Path) -> None:
    for kept in pages.precache():
        if kept.url.startswith("/static/"):
            content = (collected / kept.url.removeprefix("/static/")).read_bytes()
            assert pages._digest(content) == kept.digest, kept.url


def test_stylesheets_name_pictures_by_their_digests(collected: Path) -> None:
    style = (collected / static("web/css/tokens.css").removeprefix("/static/")).read_text()
    for named in re.findall(r"""url\(["']?(?!data:|#)([^"')]+)""", style):
        assert DIGEST.search(named), named


def test_another_edition_of_a_file_with_the_same_day_is_collected_too(collected: Path) -> None:
    """npm gives every file of every edition the same day in 1985."""
    target = collected / "vendor/maplibre/maplibre-gl.mjs"
    content = target.read_bytes()
    target.write_bytes(b"an older edition")
    os.utime(target)
    call_command("collectstatic", interactive=False, verbosity=0)
    assert target.read_bytes() == content


def test_nothing_but_what_a_browser_needs_is_collected(collected: Path) -> None:
    endings = {path.suffix for path in collected.rglob("*") if path.is_file()}
    assert not endings & {".map", ".ts", ".cjs", ".md", ".py"}


def test_a_page_names_its_files_by_digest(collected: Path) -> None:
    shell = render_to_string("field/shell.html", {"import_map": "{}", "page_config": {}})
    addresses = re.findall(r'(?:href|src)="(/static/[^"]+)"', shell)
    assert addresses
    assert all(DIGEST.search(address) for address in addresses)


def test_the_words_of_the_pages_are_compressed_and_not_sent_twice(client: Client) -> None:
    first = client.get("/jsi18n/", headers={"accept-encoding": "gzip"})
    assert first["Content-Encoding"] == "gzip"
    again = client.get("/jsi18n/", headers={"accept-encoding": "gzip", "if-none-match": first["ETag"]})
    assert again.status_code == 304


def test_who_edits_files_sees_them_as_they_lie() -> None:
    """In tests, and with STATIC_FROM_SOURCE."""
    assert static("web/css/tokens.css") == "/static/web/css/tokens.css"
