"""The pages, tiles and files of coverage: by role, for neighbour and stranger; and the cases raised from gaps."""

import csv
import io
import json

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import Role, User
from assets.history import Actor
from assets.models import BackgroundRun, Origin
from cases.actions.file_case import reject_case
from cases.models import Case, Source
from evaluation.coverage import tasks
from evaluation.coverage.actions.raise_gap import raise_gap
from evaluation.coverage.computing import compute
from evaluation.models import CoverageCase, CoverageResult, CoverageRule, Metric
from mapping.models import Export
from places.models import ChangeMark, Topic
from tests.cases.conftest import make_category
from tests.conftest import District
from tests.evaluation.coverage_scene import at, piece, road, rule, site
from tests.factories import make_site, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def gap(district: District) -> CoverageResult:
    """A square of the west street with one piece where two are wanted; in the east one has enough."""
    here = site("square", area=district.southwest)
    piece(0, site=here)
    there = make_site("东广场", "square", at(2000), area=district.east)
    piece(2000, site=there)
    piece(2100, site=there)
    rule(Metric.COUNT, 2, code="W1", unit="pieces", site_kinds=["square"])
    compute()
    make_category("coverage_gap")
    return CoverageResult.objects.get(ok=False)


@pytest.fixture
def page(client: Client):
    """What somebody is shown; the status when it is none."""

    def get(user: User | None, address: str, **posted: str) -> str | int:
        client.cookies["django_language"] = "en"
        if user is None:
            client.logout()
        else:
            client.force_login(user)
        response = client.post(address, posted) if posted else client.get(address)
        return response.content.decode() if response.status_code == 200 else response.status_code

    return get


def by(user: User | None) -> Actor:
    return Actor(user, Origin.WEB)


def test_computing_again_gives_the_same_results_at_the_same_addresses(gap: CoverageResult) -> None:
    compute()
    again = CoverageResult.objects.get(ok=False)
    assert (again.uid, again.found, again.wanted) == (gap.uid, 1, 2)
    CoverageRule.objects.update(active=False)
    assert compute().results == 0
    assert not CoverageResult.objects.exists()


def test_a_street_sees_its_own_results_and_no_other_s(
    gap: CoverageResult, page, owner: User, colleague: User, publicity: User, stranger: User
) -> None:
    address = f"/coverage/results/{gap.uid}/"
    assert "泉城广场" in str(page(owner, "/coverage/results/"))
    assert "东广场" not in str(page(owner, "/coverage/results/"))
    assert "wanted" in str(page(owner, address))
    assert "泉城广场" not in str(page(colleague, "/coverage/results/"))
    assert page(colleague, address) == 404
    assert page(stranger, address) == 404
    assert "泉城广场" not in str(page(stranger, "/coverage/results/"))
    assert page(None, address) == 302
    both = str(page(publicity, "/coverage/results/"))
    assert "泉城广场" in both
    assert "东广场" in both


def test_the_overview_counts_by_street_and_rule_for_the_reader_s_streets(
    gap: CoverageResult, page, owner: User, publicity: User
) -> None:
    own = str(page(owner, "/coverage/"))
    assert 'data-street="370105001"' in own
    assert 'data-street="370105002"' not in own
    everything = str(page(publicity, "/coverage/"))
    assert 'data-street="370105002"' in everything
    assert "W1" in everything


def test_crews_and_people_without_a_role_see_nothing(gap: CoverageResult, page, district: District) -> None:
    for address in ("/coverage/", "/coverage/results/", "/coverage/rules/", "/tiles/coverage/0/0/0.mvt"):
        assert page(make_user(Role.CREW, district.district), address) == 403
        assert page(make_user(None), address) == 403


def test_a_result_lists_the_pieces_that_count_and_why_others_do_not(
    district: District, page, publicity: User
) -> None:
    here = site("square", area=district.southwest)
    first, near = piece(0, site=here), piece(5, site=here)
    rule(Metric.SPACING, 20, parameters={"where": "outdoor"})
    rule(Metric.COUNT, 2)
    compute()
    text = str(page(publicity, f"/coverage/results/{CoverageResult.objects.get().uid}/"))
    assert f'data-counted="{first.code}"' in text
    assert f'data-left-out="{near.code}"' in text
    assert "Too close to one that counts" in text


@pytest.mark.parametrize(
    "query, names",
    [
        ("", {"泉城广场", "东广场"}),
        ("ok=no", {"泉城广场"}),
        ("ok=yes", {"东广场"}),
        ("street=370105002", {"东广场"}),
        ("kind=square", {"泉城广场", "东广场"}),
        ("kind=road", set()),
    ],
)
def test_results_are_filtered_alike_in_list_and_file(
    gap: CoverageResult, page, publicity: User, client: Client, query: str, names: set[str]
) -> None:
    text = str(page(publicity, f"/coverage/results/?{query}"))
    assert {name for name in ("泉城广场", "东广场") if name in text} == names
    answer = client.get(f"/coverage/results.csv?{query}").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(answer)))
    assert {row["Place"] for row in rows} == names


@pytest.mark.parametrize(
    "query", ["street=1", "rule=x", "rule=99999", "kind=moon", "ok=maybe", "colour=red", "cursor=x"]
)
def test_a_parameter_that_means_nothing_is_named_and_refused(
    gap: CoverageResult, publicity: User, client: Client, query: str
) -> None:
    client.force_login(publicity)
    addresses = ["/coverage/results/"]
    if not query.startswith("cursor"):
        addresses += ["/coverage/results.csv", "/tiles/coverage/0/0/0.mvt"]
    for address in addresses:
        answer = client.get(f"{address}?{query}")
        assert answer.status_code == 400
        assert query.split("=")[0] in answer.content.decode()


def test_files_hold_what_the_list_shows_and_are_noted(
    gap: CoverageResult, publicity: User, owner: User, client: Client
) -> None:
    client.force_login(owner)
    features = json.loads(client.get("/coverage/results.geojson").content)["features"]
    assert [feature["properties"]["place"] for feature in features] == ["泉城广场"]
    assert (features[0]["properties"]["wanted"], features[0]["properties"]["found"]) == (2, 1)
    assert client.get("/coverage/results.xlsx").content[:2] == b"PK"
    assert client.get("/coverage/results.exe").status_code == 404
    assert Export.objects.filter(layer="coverage").count() == 2
    client.force_login(make_user(Role.VIEWER, None))
    assert client.get("/coverage/results.csv").status_code in (403, 404)


def test_one_gap_is_one_case_however_often_it_is_raised(gap: CoverageResult, publicity: User) -> None:
    case, new = raise_gap(by(publicity), gap)
    assert new
    assert (case.source, case.site_id, case.category.code) == (Source.COVERAGE, gap.site_id, "coverage_gap")
    assert "W1" in case.description
    assert raise_gap(by(publicity), gap) == (case, False)
    compute()
    assert raise_gap(by(publicity), CoverageResult.objects.get(ok=False)) == (case, False)
    assert Case.objects.count() == 1


def test_after_its_case_has_ended_a_gap_can_have_another(gap: CoverageResult, publicity: User) -> None:
    case, _new = raise_gap(by(publicity), gap)
    reject_case(by(publicity), case, "no place for a second")
    other, new = raise_gap(by(publicity), gap)
    assert new
    assert other != case


def test_a_gap_of_a_road_that_has_moved_a_little_keeps_its_case(district: District, publicity: User) -> None:
    make_category("coverage_gap")
    road(0, 1500)
    piece(100)
    rule(Metric.COUNT_ALONG_ROAD, 1, parameters={"window_m": 500})
    compute()
    case, _new = raise_gap(by(publicity), CoverageResult.objects.get(ok=False))
    piece(200)
    compute()
    moved = CoverageResult.objects.get(ok=False)
    assert moved.from_m == pytest.approx(200, abs=1)
    assert raise_gap(by(publicity), moved) == (case, False)


def test_a_street_a_stranger_and_nobody_raise_no_case(
    gap: CoverageResult, owner: User, colleague: User, stranger: User, page
) -> None:
    for user in (owner, colleague, stranger, None):
        with pytest.raises(PermissionDenied):
            raise_gap(by(user), gap)
    address = f"/coverage/results/{gap.uid}/case"
    assert page(owner, address, go="1") == 403
    assert page(stranger, address, go="1") == 404
    assert page(None, address, go="1") == 302
    assert not Case.objects.exists()


def test_the_page_raises_one_and_the_list_all_that_it_shows(
    gap: CoverageResult, publicity: User, page, client: Client
) -> None:
    assert "Raise a case" in str(page(publicity, f"/coverage/results/{gap.uid}/"))
    assert client.post(f"/coverage/results/{gap.uid}/case").status_code == 302
    (case,) = Case.objects.all()
    assert case.code in str(page(publicity, f"/coverage/results/{gap.uid}/"))
    assert case.code in str(page(publicity, "/coverage/results/?ok=no"))
    assert client.post("/coverage/results/cases?ok=no").status_code == 302
    assert Case.objects.count() == 1
    CoverageCase.objects.all().delete()
    client.post("/coverage/results/cases?street=370105002")
    assert Case.objects.count() == 1
    client.post("/coverage/results/cases?street=370105001")
    assert Case.objects.count() == 2


def test_without_a_category_for_gaps_the_page_says_so(
    gap: CoverageResult, publicity: User, client: Client
) -> None:
    Case.objects.all().delete()
    from cases.models import CaseCategory

    CaseCategory.objects.update(active=False)
    client.force_login(publicity)
    answer = client.post(f"/coverage/results/{gap.uid}/case")
    assert answer.status_code == 422
    assert "coverage_gap" in answer.content.decode()


def test_a_rule_is_tried_without_being_saved_and_saved_when_it_is_meant(
    gap: CoverageResult, publicity: User, page, client: Client
) -> None:
    kept = CoverageRule.objects.get(code="W1")
    form = {"name_zh": "规则", "metric": "count", "operator": ">=", "threshold": "9", "site_kinds": "square"}
    address = f"/coverage/rules/{kept.pk}/"
    tried = str(page(publicity, address, **form, **{"try": "1"}))
    assert "data-tried" in tried
    assert "2 gaps at 2 places" in tried
    kept.refresh_from_db()
    assert (kept.threshold, kept.active) == (2, True)
    assert page(publicity, address, **form, active="on") == 302
    kept.refresh_from_db()
    assert (kept.threshold, kept.active) == (9, True)
    assert BackgroundRun.objects.filter(kind="coverage").count() == 1
    assert page(publicity, address, **(form | {"threshold": "-1"})) == 422
    assert page(publicity, address, **(form | {"metric": "count_along_road"})) == 422
    assert page(publicity, "/coverage/rules/999999/") == 404


def test_rules_are_imported_on_the_page_by_the_desk_only(
    district: District, publicity: User, owner: User, page, client: Client
) -> None:
    text = "rule_id,rule_zh,metric,operator,threshold\nA,一,count,>=,1\nB,二,dance,>=,1\n"

    def upload(user: User):
        client.force_login(user)
        file = io.BytesIO(text.encode())
        file.name = "rules.csv"
        return client.post("/coverage/rules/import/", {"file": file, "edition": "2026"})

    assert upload(owner).status_code == 403
    answer = upload(publicity)
    assert 'data-remark="B"' in answer.content.decode()
    assert CoverageRule.objects.count() == 2
    assert "dance" in str(page(owner, "/coverage/rules/"))
    assert page(owner, f"/coverage/rules/{CoverageRule.objects.first().pk}/") == 403
    assert client.post("/coverage/rules/import/", {"edition": "2026"}).status_code == 403
    client.force_login(publicity)
    assert client.post("/coverage/rules/import/", {"edition": "2026"}).status_code == 422


def test_pages_take_as_many_queries_for_many_results_as_for_few(
    gap: CoverageResult,
    publicity: User,
    client: Client,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(30):
        site("square", 20 * number, area=gap.site.area, name=f"广场{number}")
    compute()
    client.force_login(publicity)
    for address in ("/coverage/", "/coverage/results/", f"/coverage/results/{gap.uid}/", "/coverage/rules/"):
        with django_assert_max_num_queries(20):
            assert client.get(address).status_code == 200


def test_a_tile_holds_the_reader_s_results_and_is_of_the_last_run(
    gap: CoverageResult, owner: User, colleague: User, publicity: User, client: Client
) -> None:
    def tile(user: User, query: str = "") -> bytes:
        client.force_login(user)
        answer = client.get(f"/tiles/coverage/0/0/0.mvt?{query}")
        assert answer.status_code in (200, 204)
        return answer.content

    assert "泉城广场".encode() in tile(owner)
    assert "泉城广场".encode() not in tile(colleague)
    assert "东广场".encode() not in tile(publicity, "ok=no")
    assert client.get("/tiles/coverage/0/9/9.mvt").status_code == 400


def test_the_worker_computes_when_something_changed_and_not_in_vain(gap: CoverageResult) -> None:
    CoverageResult.objects.all().delete()
    run = tasks.start_computing()
    tasks.run_computing.func(run.pk)
    assert CoverageResult.objects.count() == 2
    run.refresh_from_db()
    assert (run.state, run.result["gaps"]) == ("done", 1)
    assert not tasks.look()
    # Another transaction's mark: this test is one transaction, which leaves one.
    ChangeMark.objects.create(topic=Topic.ASSETS, txid=1)
    assert tasks.look()
    assert BackgroundRun.objects.filter(kind="coverage", state="waiting").count() == 1
    assert tasks.look()
    assert BackgroundRun.objects.filter(kind="coverage", state="waiting").count() == 1


def test_with_no_rule_there_is_nothing_to_watch(district: District) -> None:
    assert not tasks.look()
