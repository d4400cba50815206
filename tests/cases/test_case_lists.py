"""Categories, rules and calendars: importing them, and what a register begins with."""

from datetime import date
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from django.utils.translation import override

from accounts.models import User
from cases.actions.import_rules import import_rules
from cases.actions.publish_calendar import publish_calendar
from cases.calendars import the_calendar
from cases.models import CalendarYear, CaseCategory, DeadlineRule
from cases.rule_files import BadRules
from tests.cases.conftest import COMMAND, by

pytestmark = pytest.mark.django_db

HEAD = "category,name_zh,name_en,handle_limit,handle_unit,check_limit,check_unit,asset_defects,source,confidence\n"
GOOD = HEAD + (
    "torn,撕破,Torn,3,working_days,1,working_days,撕破,a city,low\n"
    "loud,噪声,Noise,1.5,clock_hours,1,working_hours,,,\n"
)
DRAFTS = [folder / "shared/data/deadline_rules.csv" for folder in Path(__file__).parents]


@pytest.fixture
def defects(db: None) -> None:
    from assets.models import Defect

    Defect.objects.create(code="torn", name_zh="撕破", name_en="Torn", urgent=True)


def test_a_file_becomes_categories_with_rules_of_its_edition(defects: None) -> None:
    done = import_rules(COMMAND, GOOD.encode(), "2026 autumn")
    assert (done.added, done.changed, done.unchanged) == (2, 0, 0)
    torn = CaseCategory.objects.get(code="torn")
    assert (torn.urgent, torn.asset_defects, torn.rule.edition) == (True, ["torn"], "2026 autumn")
    assert (torn.rule.file_limit, torn.rule.handle_limit, torn.rule.confidence) == (1, 3, "low")
    loud = CaseCategory.objects.get(code="loud")
    assert (loud.urgent, loud.rule.file_limit, str(loud.rule.handle_limit)) == (False, 4, "1.50")


def test_the_same_file_again_changes_nothing(defects: None) -> None:
    import_rules(COMMAND, GOOD.encode(), "2026")
    done = import_rules(COMMAND, GOOD.encode(), "2026")
    assert (done.added, done.changed, done.unchanged) == (0, 0, 2)
    assert DeadlineRule.objects.count() == 2


def test_a_new_edition_leaves_the_old_rules_where_they_are(defects: None) -> None:
    import_rules(COMMAND, GOOD.encode(), "2026")
    old = CaseCategory.objects.get(code="torn").rule
    done = import_rules(COMMAND, GOOD.replace("3,working_days", "4,working_days").encode(), "2027")
    assert done.changed == 2
    assert CaseCategory.objects.get(code="torn").rule.handle_limit == 4
    old.refresh_from_db()
    assert old.handle_limit == 3


@pytest.mark.parametrize(
    "before, after, part",
    [
        ("3,working_days", "0,working_days", "handle_limit “0”"),
        ("3,working_days", "2.5,working_days", "handle_limit “2.5”"),
        ("3,working_days", "x,working_days", "handle_limit “x”"),
        ("3,working_days", "3,weeks", "handle_unit “weeks”"),
        ("torn,撕破", "Torn!,撕破", "category “Torn!”"),
        ("撕破,a city", "破洞,a city", "破洞"),
        (",low", ",certain", "confidence “certain”"),
        ("loud,", "torn,", "category “torn”"),
        ("check_limit,", "checks,", "check_limit"),
    ],
)
def test_what_is_wrong_is_said_by_row_and_column_and_nothing_is_written(
    defects: None, before: str, after: str, part: str
) -> None:
    with override("en"), pytest.raises(BadRules) as refused:
        import_rules(COMMAND, GOOD.replace(before, after).encode(), "2026")
    assert any(part in sentence for sentence in refused.value.sentences)
    assert not CaseCategory.objects.exists()


def test_one_edition_says_one_thing(defects: None) -> None:
    import_rules(COMMAND, GOOD.encode(), "2026")
    with pytest.raises(BadRules, match="torn"):
        import_rules(COMMAND, GOOD.replace("3,working_days", "4,working_days").encode(), "2026")


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", HEAD.encode(), GOOD.encode("gb18030")])
def test_what_is_no_such_file_is_refused(defects: None, content: bytes) -> None:
    with pytest.raises(BadRules):
        import_rules(COMMAND, content, "2026")


def test_lists_are_kept_by_who_may(defects: None, owner: User, publicity: User) -> None:
    with pytest.raises(PermissionDenied):
        import_rules(by(owner), GOOD.encode(), "2026")
    with pytest.raises(PermissionDenied):
        publish_calendar(by(owner), 2027, {}, "nobody")
    assert import_rules(by(publicity), GOOD.encode(), "2026").added == 2


def test_the_districts_draft_can_be_taken() -> None:
    shared = next((path for path in DRAFTS if path.is_file()), None)
    if shared is None:
        pytest.skip("the draft of deadline rules is not beside this clone")
    call_command("load_fixtures", verbosity=0)
    done = import_rules(COMMAND, shared.read_bytes(), "draft")
    assert done.added == 18
    assert CaseCategory.objects.get(code="political_error").urgent
    assert CaseCategory.objects.get(code="damaged").asset_defects == ["broken", "faded"]


def test_a_register_begins_with_calendars_and_the_draft_once() -> None:
    call_command("load_fixtures", verbosity=0)
    call_command("load_case_lists", verbosity=0)
    assert CalendarYear.objects.filter(year__in=range(2004, 2027)).count() == 23
    assert CaseCategory.objects.count() == 18
    CaseCategory.objects.filter(code="soiled").update(name_zh="脏了")
    call_command("load_case_lists", verbosity=0)
    assert CaseCategory.objects.get(code="soiled").name_zh == "脏了"
    calendar = the_calendar()
    assert calendar.works(date(2026, 10, 10))
    assert not calendar.works(date(2026, 10, 1))
    assert not calendar.works(date(2027, 1, 1))


def test_the_command_says_what_is_wrong(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="none"):
        call_command("import_case_rules", tmp_path / "none.csv", edition="x")
    (tmp_path / "bad.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(CommandError, match="category"):
        call_command("import_case_rules", tmp_path / "bad.csv", edition="x")


@pytest.mark.parametrize(
    "days", [{date(2026, 10, 1): False}, {date(2027, 10, 1): True}, {date(2027, 10, 2): False}]
)
def test_only_a_years_own_exceptions_are_taken(days: dict[date, bool]) -> None:
    with pytest.raises(ValidationError, match=r"2026|2027"):
        publish_calendar(COMMAND, 2027, days, "x")
    publish_calendar(COMMAND, 2027, {date(2027, 10, 1): False}, "x")
    with pytest.raises(ValidationError):
        publish_calendar(COMMAND, 2027, {}, "x")
