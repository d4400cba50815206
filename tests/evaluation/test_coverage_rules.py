"""Coverage rules as data: the draft's 76 rows, what is not understood of a table, and who may change a rule."""

from decimal import Decimal
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command
from django.utils.translation import override
from openpyxl import Workbook
from pytest_django import Settings

from accounts.models import Role, User
from assets.history import Actor
from assets.models import BackgroundRun, Origin
from evaluation.coverage.actions.edit_rule import edit_rule
from evaluation.coverage.actions.import_rules import import_rules
from evaluation.coverage.obstacles import in_words
from evaluation.coverage.rule_files import BadRules, Words, read_row, read_rules
from evaluation.models import CoverageRule, Metric
from tests.conftest import District
from tests.evaluation.coverage_scene import rule
from tests.factories import make_user

pytestmark = pytest.mark.django_db
COMMAND = Actor(None, Origin.COMMAND)
DRAFT = Path(__file__).parents[2] / "fixtures" / "draft_coverage_rules.csv"
WORDS = Words(
    {"square": "square", "广场": "square", "trunk_road": "trunk_road", "school": "school"},
    {"mural": "mural"},
    {"minors": "minors"},
)


def row(**cells: str):
    usual = {"rule_id": "X1", "rule_zh": "规则", "metric": "count", "operator": ">=", "threshold": "2"}
    return read_row(2, usual | cells, WORDS)


def write(folder: Path, text: str, name: str = "rules.csv") -> tuple[Path, str]:
    path = folder / name
    path.write_text(text, encoding="utf-8-sig")
    return path, name


@pytest.fixture
def lists() -> None:
    call_command("load_fixtures", verbosity=0)


def test_the_draft_is_read_whole_and_its_common_rules_are_on(lists: None) -> None:
    done = import_rules(COMMAND, DRAFT, DRAFT.name, "draft 2026")
    assert done.added == 76
    rules = {rule.code: rule for rule in CoverageRule.objects.all()}
    assert len(rules) == 76
    assert sorted(code for code, rule in rules.items() if rule.active) == [
        "C01", "C02", "C03", "C04", "C19", "C20", "C25", "C36",
    ]  # fmt: skip
    along = rules["C09"]
    assert (along.metric, along.threshold, along.parameters) == ("count_along_road", 3, {"window_m": 500})
    assert along.themes == ["core_values"]
    gate = rules["C43"]
    assert (gate.metric, gate.parameters) == ("count_near", {"radius_m": 200})
    assert (rules["C40"].metric, rules["C40"].parameters) == ("count_near", {"radius_m": 100})
    assert (rules["C47"].metric, rules["C47"].parameters) == ("share_of_sites", {"pieces": 3})
    assert (rules["C18"].metric, rules["C18"].threshold, rules["C18"].unit) == ("distance", 400, "m")
    assert {
        code: (rules[code].metric, rules[code].operator, rules[code].threshold)
        for code in ("C70", "C71", "C72", "C73", "C76")
    } == {
        "C70": ("repair_time", "<=", 48),
        "C71": ("repair_time", "<=", 5),
        "C72": ("used_unsound", "=", 0),
        "C73": ("unapproved", "=", 0),
        "C76": ("count_in_season", ">=", 1),
    }
    # Of every other rule it is said what would have to be recorded.
    for loaded in rules.values():
        with override("en"):
            assert "not known here" not in " ".join(loaded.obstacles), loaded.code
    remarked = {remark.code: remark for remark in done.remarks}
    assert not remarked["C05"].usable
    assert remarked["C18"].usable
    assert done.usable == sum(not rule.obstacle for rule in rules.values()) > 30


def test_importing_again_brings_rules_up_to_date_and_leaves_the_switch(tmp_path: Path, lists: None) -> None:
    heading = "rule_id,rule_zh,metric,operator,threshold,status_here\n"
    common = "general wording found in many places: default on"
    import_rules(COMMAND, *write(tmp_path, f"{heading}A,一,count,>=,1,{common}\nB,二,count,>=,1,\n"), "e")
    first = CoverageRule.objects.get(code="A")
    assert first.active
    edit_rule(COMMAND, first, active=False)
    again = import_rules(
        COMMAND, *write(tmp_path, f"{heading}A,一,count,>=,3,{common}\nB,二,count,>=,1,\n"), "e"
    )
    assert (again.added, again.changed, again.unchanged) == (0, 1, 1)
    first.refresh_from_db()
    assert (first.threshold, first.active) == (3, False)
    import_rules(COMMAND, *write(tmp_path, f"{heading}A,一,count,>=,1,\n"), "another")
    assert CoverageRule.objects.count() == 3


def test_a_workbook_is_read_like_a_table_of_text(tmp_path: Path, lists: None) -> None:
    book = Workbook()
    book.active.append(["rule_id", "rule_zh", "metric", "operator", "threshold", "site_kind"])
    book.active.append(["A", "广场", "count", ">=", 10, "广场"])
    book.save(tmp_path / "rules.xlsx")
    (read,) = read_rules(tmp_path / "rules.xlsx", "rules.xlsx")
    assert (read.columns["threshold"], read.columns["site_kinds"], read.remarks) == (10, ["square"], [])


def test_the_demonstration_shows_a_rule_of_each_kind_once(lists: None, settings: Settings) -> None:
    call_command("load_coverage_rules", verbosity=0)
    settings.DEMONSTRATION = True
    call_command("demo_coverage", if_empty=True, verbosity=0)
    assert not BackgroundRun.objects.exists()  # there is no demonstration
    call_command("demo_coverage", verbosity=0)
    on = CoverageRule.objects.filter(active=True)
    assert {"C08", "C18", "C24", "C47"} <= set(on.values_list("code", flat=True))
    assert BackgroundRun.objects.filter(kind="coverage").count() == 1
    edit_rule(COMMAND, on.get(code="C08"), active=False)
    call_command("load_coverage_rules", verbosity=0)
    assert not CoverageRule.objects.get(code="C08").active


@pytest.mark.parametrize(
    "text, sentence",
    [
        ("rule_id,rule_zh\nA,一\n", "metric"),
        ("rule_id,rule_zh,metric,operator,threshold,colour\nA,一,count,>=,1,red\n", "colour"),
        ("rule_id,rule_zh,metric,operator,threshold\nA,一,count,>=,1\nA,二,count,>=,1\n", "A"),
        ("rule_id,rule_zh,metric,operator,threshold\n,一,count,>=,1\n", "rule_id"),
    ],
)
def test_what_is_no_table_of_rules_is_refused_in_words(
    tmp_path: Path, lists: None, text: str, sentence: str
) -> None:
    with pytest.raises(BadRules) as refusal:
        import_rules(COMMAND, *write(tmp_path, text), "e")
    assert sentence in " ".join(refusal.value.sentences)
    assert not CoverageRule.objects.exists()


@pytest.mark.parametrize(
    "cells, sentence",
    [
        ({"metric": "phases_of_the_moon"}, "phases_of_the_moon"),
        ({"metric": "psa_area_share"}, "that of the hoarding"),
        ({"threshold": "many"}, "many"),
        ({"threshold": ""}, "threshold"),
        ({"threshold": "NaN"}, "NaN"),
        ({"operator": "about"}, "about"),
        ({"site_kind": "moon_base"}, "moon_base"),
        ({"carrier": "airship"}, "airship"),
        ({"theme": "x"}, "x"),
        ({"metric": "count_along_line", "site_kind": "school"}, "How far around the site"),
        ({"metric": "count_along_line", "site_kind": "trunk_road"}, "Length of the window"),
        ({"computable_from_catalogue": "no"}, "catalogue"),
    ],
)
def test_what_is_not_understood_of_a_row_is_said_and_the_rule_cannot_be_on(
    cells: dict[str, str], sentence: str
) -> None:
    with override("en"):
        read = row(**cells)
        assert sentence in " ".join(in_words(read.columns["obstacle"]))
        assert sentence in " ".join(read.remarks)


def test_of_several_kinds_of_site_a_rule_goes_on_with_those_that_are_known() -> None:
    read = row(site_kind="square,moon_base")
    assert (read.columns["site_kinds"], read.columns["obstacle"]) == (["square"], "")
    assert "moon_base" in read.remarks[0]


def test_long_cells_and_odd_characters_do_no_harm() -> None:
    read = row(rule_zh="字" * 500, source="源" * 900, threshold="1e400", window="'; DROP TABLE x; -- 500 m")
    assert len(read.columns["name_zh"]) == 200
    assert read.columns["obstacle"]


def test_a_street_s_editor_a_stranger_and_nobody_change_no_rule(
    owner: User, colleague: User, district: District
) -> None:
    kept = rule(Metric.COUNT, 2)
    for user in (owner, colleague, make_user(Role.VIEWER, district.district), None):
        with pytest.raises(PermissionDenied):
            edit_rule(Actor(user, Origin.WEB), kept, threshold=Decimal(5))
        with pytest.raises(PermissionDenied):
            import_rules(Actor(user, Origin.WEB), DRAFT, DRAFT.name, "e")
    kept.refresh_from_db()
    assert kept.threshold == 2


@pytest.mark.parametrize(
    "changes, field",
    [
        (
            {
                "metric": "",
            },
            "metric",
        ),
        ({"threshold": None}, "threshold"),
        ({"metric": Metric.COUNT_ALONG_ROAD}, "window_m"),
        ({"metric": Metric.COUNT_ALONG_ROAD, "parameters": {"window_m": 2}}, "window_m"),
        ({"metric": Metric.COUNT_ALONG_ROAD, "parameters": {"window_m": 500}, "operator": "<="}, "operator"),
        ({"metric": Metric.THEME_SHARE}, "themes"),
        ({"site_kinds": ["moon_base"]}, "site_kinds"),
    ],
)
def test_a_change_that_means_nothing_names_its_field(publicity: User, changes: dict, field: str) -> None:
    kept = rule(Metric.COUNT, 2)
    with pytest.raises(ValidationError) as refusal:
        edit_rule(Actor(publicity, Origin.WEB), kept, **changes)
    assert field in refusal.value.message_dict
