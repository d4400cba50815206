"""A file of sites says who keeps them: rows begin and end by it, what it does not say stays, and it can be undone."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import Role
from evaluation.actions.import_sites import BadSites, ImportedSites, import_sites
from places.models import BatchState, Holder, Responsibility, ResponsibilityBatch, Site
from tests.evaluation.conftest import Stage, by
from tests.factories import make_keeper, make_site, make_unit, make_user
from work.responsibility.actions.checking import Named
from work.responsibility.actions.hand_over import hand_over
from work.responsibility.actions.import_responsibilities import undo_batch
from work.responsibility.actions.say_keepers import say_keepers

pytestmark = pytest.mark.django_db
COLUMNS = "code,name,kind,lon,lat"
PLACE = "点位,station,116.985,36.675"


@pytest.fixture
def brought(stage: Stage, tmp_path: Path):
    """Takes a file with these headings and rows."""

    def bring(headings: str, *rows: str) -> ImportedSites:
        path = tmp_path / "sites.csv"
        path.write_text("\n".join([f"{COLUMNS},{headings}", *rows]), "utf-8-sig")
        return import_sites(by(stage.desk), path, "sites.csv")

    return bring


def kept(code: str = "E0") -> list[tuple[str, str, str]]:
    """Unit, post and person of whoever keeps a site today."""
    rows = Responsibility.objects.on(timezone.localdate()).filter(site__code=code)
    return [
        (row.holder.unit.name if row.holder.unit else "", row.holder.post, row.holder.name)
        for row in rows.select_related("holder__unit")
    ]


@pytest.mark.parametrize(
    "headings, cells, found",
    [
        ("leader_unit", "车站", ("车站", "", "")),
        ("leader", "李四", ("", "包挂领导", "李四")),
        ("responsible_person,responsible_phone", "张三,139", ("", "点位管理员", "张三")),
        ("leader_unit,responsible_post,responsible_person", "车站,站长,张三", ("车站", "站长", "张三")),
        ("leader,leader_unit,responsible_person", "张三,车站,张三", ("车站", "点位管理员", "张三")),
    ],
)
def test_columns_of_who_answers_enter_a_keeper(brought, headings, cells, found) -> None:
    make_unit("车站")
    done = brought(headings, f"E0,{PLACE},{cells}", f"NEW,{PLACE},{cells}")
    assert kept("E0") == kept("NEW") == [found]
    assert done.left_out == 0
    row = Responsibility.objects.filter(site__code="NEW").get()
    assert (row.begins_on, row.ends_on, row.batch) == (timezone.localdate(), None, done.answers)


def test_a_leader_beside_another_person_is_left_out_and_counted(brought) -> None:
    done = brought("leader,responsible_person", f"E0,{PLACE},李四,张三")
    assert kept() == [("", "点位管理员", "张三")]
    assert done.left_out == 1


def test_somebody_else_follows_and_undoing_gives_the_days_back(stage: Stage, brought) -> None:
    before = make_keeper(stage.sites[0], make_unit("旧单位"))
    make_unit("车站")
    done = brought("leader_unit", f"E0,{PLACE},车站")
    before.refresh_from_db()
    assert before.ends_on == timezone.localdate() - timedelta(days=1)
    assert kept() == [("车站", "", "")]
    undo_batch(by(stage.desk), done.answers)
    before.refresh_from_db()
    assert before.ends_on is None
    assert kept() == [("旧单位", "", "")]
    assert ResponsibilityBatch.objects.get().state == BatchState.UNDONE


def test_a_second_file_of_the_same_day_takes_the_place_of_the_first(stage: Stage, brought) -> None:
    make_unit("车站")
    make_unit("新车站")
    brought("leader_unit", f"E0,{PLACE},车站")
    second = brought("leader_unit", f"E0,{PLACE},新车站")
    assert kept() == [("新车站", "", "")]
    undo_batch(by(stage.desk), second.answers)
    assert kept() == [("车站", "", "")]


@pytest.mark.parametrize("first_undone", [0, 1])
def test_two_files_of_a_day_undone_in_either_order_leave_one_keeper_at_most(
    stage: Stage, brought, first_undone: int
) -> None:
    make_unit("车站")
    make_unit("新车站")
    make_keeper(stage.sites[0], make_unit("旧单位"))
    files = [brought("leader_unit", f"E0,{PLACE},{unit}").answers for unit in ("车站", "新车站")]
    undo_batch(by(stage.desk), files[first_undone])
    assert kept() == [("新车站", "", "") if first_undone == 0 else ("车站", "", "")]
    undo_batch(by(stage.desk), files[1 - first_undone])
    # What was undone never comes back; whoever it ended does, unless somebody else had the day when it was undone.
    assert kept() == ([("旧单位", "", "")] if first_undone == 1 else [])


def test_whoever_took_over_since_keeps_it_when_a_file_is_undone(stage: Stage) -> None:
    site, today = stage.sites[0], timezone.localdate()
    before = make_keeper(site, make_unit("旧单位"))
    entered = say_keepers(
        by(stage.desk), "点位.csv", {site: Named(unit=make_unit("车站"))}, day=today - timedelta(days=3)
    )
    assert entered is not None
    hand_over(
        by(stage.desk), Responsibility.objects.get(batch=entered), Named(unit=make_unit("接手单位")), today
    )
    undo_batch(by(stage.desk), entered)
    before.refresh_from_db()
    assert before.ends_on == today - timedelta(days=1)
    assert kept() == [("接手单位", "", "")]


def test_empty_cells_end_the_keeper_and_no_column_says_nothing(stage: Stage, brought) -> None:
    make_keeper(stage.sites[0], make_unit("旧单位"))
    assert brought("address", f"E0,{PLACE},纬北路").answers is None
    assert kept() == [("旧单位", "", "")]
    assert brought("leader_unit", f"E0,{PLACE},").answers is not None
    assert kept() == []


def test_whoever_keeps_it_already_goes_on(stage: Stage, brought) -> None:
    unit = make_unit("车站")
    row = make_keeper(stage.sites[0], unit, "张三", post="站长", telephone="139")
    whole = "leader_unit,responsible_post,responsible_person,responsible_phone"
    assert brought(whole, f"E0,{PLACE},车站,站长,张三,139").answers is None
    # A file for people who may not be told names has no column for them: whoever is of the unit goes on.
    assert brought("leader_unit,responsible_post", f"E0,{PLACE},车站,站长").answers is None
    row.refresh_from_db()
    assert row.ends_on is None


def test_what_begins_later_is_left_to_begin(stage: Stage, brought) -> None:
    make_unit("车站")
    later = timezone.localdate() + timedelta(days=10)
    make_keeper(stage.sites[0], make_unit("以后"), begins_on=later)
    brought("leader_unit", f"E0,{PLACE},车站")
    row = Responsibility.objects.get(holder__unit__name="车站")
    assert row.ends_on == later - timedelta(days=1)


@pytest.mark.parametrize(
    "headings, cells, column",
    [
        ("leader_unit", "无此单位", "leader_unit"),
        ("responsible_phone", "139", "responsible_phone"),
        ("responsible_post", "站长", "responsible_post"),
        ("responsible_person", "张" * 41, "responsible_person"),
    ],
)
def test_what_cannot_be_taken_is_named_and_nothing_is_written(
    brought, headings: str, cells: str, column: str
) -> None:
    with pytest.raises(BadSites) as refused:
        brought(headings, f"NEW,{PLACE},{cells}")
    assert column in str(refused.value)
    assert not Site.objects.filter(code="NEW").exists()
    assert not Responsibility.objects.exists()


def test_a_file_of_many_asks_as_much_as_one_of_few(
    brought, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    make_unit("车站")
    rows = [f"M{number},{PLACE},车站,张三" for number in range(40)]
    with django_assert_max_num_queries(140):  # of which two a new site look for its area
        brought("leader_unit,responsible_person", *rows)
    with django_assert_max_num_queries(20):
        brought("leader_unit,responsible_person", *(row.replace("张三", "李四") for row in rows))
    assert kept("M7") == [("车站", "点位管理员", "李四")]


def client_of(user) -> Client:
    client = Client()
    client.force_login(user)
    client.cookies["django_language"] = "en"
    return client


def test_the_page_says_where_to_undo_it_and_shows_who_keeps_each(stage: Stage) -> None:
    make_unit("车站")
    file = SimpleUploadedFile("s.csv", f"{COLUMNS},leader_unit\nE0,{PLACE},车站\n".encode("utf-8-sig"))
    client = client_of(stage.desk)
    shown = client.post("/evaluation/sites/", {"file": file}, follow=True).content.decode()
    batch = ResponsibilityBatch.objects.get()
    assert f"/responsibility/import/{batch.uid}/" in shown
    assert "车站" in shown
    assert "/responsibility/here/?site=E0" in shown
    assert client.post(f"/responsibility/import/{batch.uid}/", {"order": "undo"}).status_code == 302
    assert kept() == []


def test_the_file_names_persons_to_whoever_may_be_told_them_everywhere(stage: Stage) -> None:
    make_keeper(stage.sites[0], make_unit("车站"), "张三", post="站长", telephone="13900000000")
    planner = make_user(Role.PLANNER, stage.district.district, username="planner")
    for user, told in ((stage.desk, True), (planner, False)):
        text = client_of(user).get("/evaluation/sites.csv").content.decode("utf-8-sig")
        assert "车站" in text
        assert "站长" in text
        assert ("张三" in text) is told, user
        assert ("13900000000" in text) is told
        assert ("responsible_person" in text) is told


def test_a_site_outside_every_area_is_named_and_nothing_is_taken(brought) -> None:
    with pytest.raises(BadSites, match="FAR lies where you do not say who answers: check lon and lat"):
        brought("leader", f"NEW,{PLACE},李四", "FAR,点位,station,80,20,李四")
    assert not Site.objects.filter(code__in=("NEW", "FAR")).exists()


def test_a_site_outside_every_area_without_a_keeper_needs_no_right(brought) -> None:
    assert brought("leader", "FAR,点位,station,80,20,").answers is None
    assert Site.objects.filter(code="FAR").exists()


def test_a_register_without_names_leaves_who_has_no_unit_where_they_are(stage: Stage, brought) -> None:
    make_keeper(stage.sites[0], make_unit("旧单位"))
    brought("leader_unit,responsible_post", f"E0,{PLACE},,站长")
    assert kept() == [("旧单位", "", "")]


def test_two_telephones_of_one_name_are_refused_and_nothing_is_written(brought) -> None:
    with pytest.raises(BadSites) as refused:
        brought("responsible_person,responsible_phone", f"E0,{PLACE},王伟,139", f"NEW,{PLACE},王伟,138")
    assert "王伟" in " ".join(refused.value.sentences)
    assert kept("E0") == kept("NEW") == []


def telephone_of(name: str) -> str:
    return Holder.objects.get(name=name).telephone


def test_a_namesake_who_answers_elsewhere_keeps_the_number(stage: Stage, brought) -> None:
    elsewhere = make_site("另一处", area=stage.sites[0].area)
    make_keeper(elsewhere, None, "王伟", post="点位管理员", telephone="138")
    with pytest.raises(BadSites, match="王伟"):
        brought("responsible_person,responsible_phone", f"E0,{PLACE},王伟,139")
    assert telephone_of("王伟") == "138"
    assert kept() == []
    brought("responsible_person,responsible_phone", f"E0,{PLACE},王伟,138", f"NEW,{PLACE},王伟,")
    assert kept() == kept("NEW") == [("", "点位管理员", "王伟")]


def test_a_new_number_of_whom_the_file_names_everywhere_is_taken_and_given_back(
    stage: Stage, brought
) -> None:
    make_keeper(stage.sites[0], None, "王伟", post="点位管理员", telephone="138")
    files = [
        brought("responsible_person,responsible_phone", f"E0,{PLACE},王伟,{number}").answers
        for number in ("139", "137")
    ]
    assert telephone_of("王伟") == "137"
    undo_batch(by(stage.desk), files[0])
    assert telephone_of("王伟") == "137"
    undo_batch(by(stage.desk), files[1])
    assert telephone_of("王伟") == "138"
    assert not any(batch.telephones for batch in ResponsibilityBatch.objects.all())
