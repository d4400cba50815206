"""The check that no message lacks its Chinese, on catalogues small enough to see through."""

from pathlib import Path

import pytest

from parts import translations

HEADER = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n'


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    """One finished message, one without a translation, one doubtful, one no longer used."""
    path = tmp_path / "django.po"
    path.write_text(
        f"{HEADER}\n"
        'msgid "Good"\nmsgstr "完好"\n\n'
        'msgid "Not \\"yet\\" "\n"done"\nmsgstr ""\n\n'
        '#, fuzzy\nmsgid "Damaged"\nmsgstr "缺失"\n\n'
        '#~ msgid "Gone"\n#~ msgstr ""\n',
        encoding="utf-8",
    )
    return path


def test_a_message_without_a_translation_is_named_in_full(catalogue: Path) -> None:
    assert translations._messages(catalogue, "--untranslated") == ['Not \\"yet\\" done']


def test_a_doubtful_translation_is_named(catalogue: Path) -> None:
    assert translations._messages(catalogue, "--only-fuzzy") == ["Damaged"]


def test_every_domain_of_the_sources_is_gathered() -> None:
    with translations._gathered() as folder:
        gathered = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.po")}
    assert set(gathered) == {"django.po", "djangojs.po"}
    for text in gathered.values():
        assert text.count("msgid ") > 10
