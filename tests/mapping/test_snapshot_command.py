"""`manage.py snapshot`: what it writes, for whom, and what it says when it cannot."""

import re

import pytest
from django.contrib.gis.geos import Point
from django.core.management import CommandError, call_command

from assets.models import Condition
from tests.factories import make_asset
from tests.mapping.test_snapshot import Page, codes, unpack


@pytest.fixture
def two(district):
    """A damaged asset in the west street and a good one in the other district."""
    return [
        make_asset(condition=Condition.DAMAGED),
        make_asset(Point(117.15, 36.68, srid=4326), condition=Condition.GOOD),
    ]


def test_it_writes_everything_and_says_how_large_it_is(two, tmp_path, capsys):
    output = tmp_path / "all.html"
    call_command("snapshot", output=output)
    html = output.read_text("utf-8")
    assert codes(unpack(html)) == {asset.code for asset in two}
    assert re.search(r"all\.html: 2 assets, 0\.\d\d MB, \d+\.\d s", capsys.readouterr().out)


def test_it_takes_the_filter_and_the_language(two, tmp_path):
    output = tmp_path / "some.html"
    call_command("snapshot", "--filter", "condition=damaged", "--language", "en", "--output", str(output))
    html = output.read_text("utf-8")
    assert codes(unpack(html)) == {two[0].code}
    assert "1 of 2 assets" in Page(html).text
    assert "by the command line" in Page(html).text


def test_with_a_user_it_holds_what_that_user_may_export_and_names_them(two, planner, tmp_path):
    output = tmp_path / "planner.html"
    call_command("snapshot", user="planner", language="en", output=output)
    html = output.read_text("utf-8")
    assert codes(unpack(html)) == {two[0].code}
    assert "by planner" in Page(html).text


@pytest.mark.parametrize("username", ["viewer", "nobody"])
def test_a_user_who_may_not_export_is_refused(username, two, viewer, tmp_path):
    output = tmp_path / "none.html"
    with pytest.raises(CommandError, match=username):
        call_command("snapshot", user=username, output=output)
    assert not output.exists()


def test_a_filter_that_does_not_exist_is_named(two, tmp_path):
    with pytest.raises(CommandError, match="streeet"):
        call_command("snapshot", filter="streeet=1", output=tmp_path / "x.html")


def test_a_place_that_cannot_be_written_is_named(two, tmp_path):
    with pytest.raises(CommandError, match=r"missing/x\.html"):
        call_command("snapshot", output=tmp_path / "missing" / "x.html")


def test_a_dash_is_standard_output(two, capfdbinary):
    call_command("snapshot", output="-")
    assert capfdbinary.readouterr().out.startswith(b"<!doctype html>")
