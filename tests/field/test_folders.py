"""What goes up, what comes down and the office's desk have one name each: in Python, in the browser, in templates."""

from pathlib import Path

import pytest

from field import pages

FIELD = Path(pages.__file__).parent
SCRIPTS = FIELD / "static" / "field" / "js"


@pytest.mark.parametrize("folder", ["up", "down", "desk"])
def test_a_folder_of_the_package_is_one_of_the_scripts_too(folder: str) -> None:
    assert (FIELD / folder / "__init__.py").is_file()
    assert list((SCRIPTS / folder).glob("*.js"))


def test_the_desk_s_pages_lie_under_the_room_s_own_name() -> None:
    assert list((FIELD / "templates" / "field" / "desk").glob("*.html"))
    assert [path.name for path in (FIELD / "templates").iterdir()] == ["field"]
    assert [path.name for path in (FIELD / "static").iterdir()] == ["field"]


def test_every_script_of_the_phone_lies_in_a_folder() -> None:
    assert [path.name for path in SCRIPTS.iterdir() if path.is_file()] == []


def test_phones_keep_nothing_of_the_desk() -> None:
    kept = [item.url for item in pages.precache()]
    assert [url for url in kept if "desk" in url] == []
    assert [name for name in pages.own_modules() if name.startswith("desk/")] == []
