"""/artworks/: which are out of date, where they hang, and replacing one everywhere."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import User
from assets.filters import read_filter
from assets.models import Artwork, Asset, Batch, Maintenance, MaintenanceKind
from tests.conftest import District
from tests.factories import make_artwork, make_unit
from tests.mapping.conftest import Town
from tests.mapping.pictures import jpeg

pytestmark = pytest.mark.django_db

Looking = Callable[[User | None], Client]


@pytest.fixture
def old(town: Town) -> Artwork:
    """An expired artwork that hangs in both streets."""
    expired = town.mural.artwork
    assert expired is not None
    Asset.objects.filter(pk__in=[town.plaque.pk, town.faces[0].pk, town.removed.pk, town.foreign.pk]).update(
        artwork=expired
    )
    return expired


@pytest.fixture
def new(town: Town) -> Artwork:
    make_artwork("other", title="消防安全")
    return make_artwork("poster-2026", title="我们的节日 2026")


@pytest.fixture
def office(publicity: User, as_user: Looking) -> Client:
    client = as_user(publicity)
    client.cookies["django_language"] = "en"
    return client


def test_the_list_puts_first_what_must_be_replaced(old: Artwork, new: Artwork, office: Client) -> None:
    make_artwork("soon", valid_to=timezone.localdate() + timedelta(days=10))
    make_artwork("withdrawn", approval="withdrawn")
    make_artwork("draft", approval="draft")
    make_artwork("coming", valid_from=timezone.localdate() + timedelta(days=10))
    content = office.get("/artworks/").content.decode()
    places = [content.index(f"<code>{code}</code>") for code in ("poster-2025", "soon", "other")]
    assert places == sorted(places)
    assert "3</b> assets show an artwork that may not hang any more" in content
    for status, code in (
        ("expired", "poster-2025"),
        ("expiring", "soon"),
        ("withdrawn", "withdrawn"),
        ("draft", "draft"),
        ("coming", "coming"),
        ("current", "poster-2026"),
    ):
        some = office.get(f"/artworks/?status={status}").content.decode()
        assert f"<code>{code}</code>" in some
        assert some.count("<tr><td>") == (2 if status == "current" else 1)


def test_an_unknown_status_is_named(town: Town, office: Client) -> None:
    assert office.get("/artworks/?status=old").status_code == 400
    assert office.get("/artworks/?stat=old").status_code == 400


def test_its_page_says_where_it_hangs_and_offers_the_likeliest(
    old: Artwork, new: Artwork, office: Client
) -> None:
    content = office.get("/artworks/poster-2025/").content.decode()
    assert "/map/?artwork=poster-2025&amp;street=370105002" in content
    assert '<option value="poster-2026" selected>' in content
    assert "Plan 3 replacements" in content


def test_three_streets_two_crews_one_campaign(
    old: Artwork, new: Artwork, town: Town, district: District, publicity: User, office: Client
) -> None:
    west, east = make_unit(is_crew=True), make_unit(is_crew=True)
    due = timezone.localdate() + timedelta(days=10)
    response = office.post(
        "/artworks/poster-2025/",
        {
            "artwork": "poster-2026",
            "due_on": due.isoformat(),
            "crew_370105001": west.pk,
            "crew_370105002": east.pk,
        },
    )
    batch = Batch.objects.get()
    assert response["Location"] == f"/campaigns/{batch.pk}/"
    assert set(batch.jobs.values_list("asset", "crew", "artwork", "due_on", "priority")) == {
        (town.mural.pk, west.pk, new.pk, due, 2),
        (town.plaque.pk, east.pk, new.pk, due, 2),
        (town.faces[0].pk, east.pk, new.pk, due, 2),
    }
    page = office.get(response["Location"]).content.decode()
    assert "我们的节日 → 我们的节日 2026" in page
    assert f"batch={batch.pk}&amp;artwork=poster-2025" in page
    assert read_filter(f"batch={batch.pk}&artwork=poster-2025").assets(publicity).count() == 3
    # Nothing is left to plan, and the list says so.
    assert "its replacement is planned" in office.get("/artworks/").content.decode()
    assert "its replacement planned" in office.get("/artworks/poster-2025/").content.decode()


def test_a_street_editor_replaces_in_the_own_street(
    old: Artwork, new: Artwork, town: Town, as_user: Looking, colleague: User
) -> None:
    client = as_user(colleague)
    content = client.get("/artworks/poster-2025/").content.decode()
    assert 'name="crew_370105002"' in content
    assert 'name="crew_370105001"' not in content
    client.post("/artworks/poster-2025/", {"artwork": "poster-2026", "due_on": "2031-01-01"})
    assert set(Batch.objects.get().jobs.values_list("asset", flat=True)) == {
        town.plaque.pk,
        town.faces[0].pk,
    }


@pytest.mark.parametrize(
    "given, field",
    [
        ({"artwork": "poster-2026"}, "due_on"),
        ({"due_on": "2031-01-01"}, "artwork"),
        ({"artwork": "poster-2026", "due_on": "2020-01-01"}, "due_on"),
        ({"artwork": "poster-2025", "due_on": "2031-01-01"}, "artwork"),
        ({"artwork": "draft", "due_on": "2031-01-01"}, "artwork"),
    ],
)
def test_what_is_wrong_is_shown_at_its_field(
    old: Artwork, new: Artwork, office: Client, given: dict, field: str
) -> None:
    make_artwork("draft", approval="draft")
    response = office.post("/artworks/poster-2025/", given)
    assert response.status_code == 422
    assert f'wrong" data-field="{field}"' in response.content.decode()
    assert not Batch.objects.exists()


def test_the_crew_of_last_time_is_offered(old: Artwork, new: Artwork, town: Town, office: Client) -> None:
    seldom, often = make_unit(is_crew=True), make_unit(is_crew=True)
    for crew, times in ((seldom, 1), (often, 3)):
        for _ in range(times):
            Maintenance.objects.create(asset=town.board, kind=MaintenanceKind.CLEAN, crew=crew)
    content = office.get("/artworks/poster-2025/").content.decode()
    field = content[content.index('name="crew_370105001"') :].split("</select>")[0]
    assert f'<option value="{often.pk}" selected>' in field


def test_who_may_not_plan_is_offered_nothing_and_refused(
    old: Artwork, new: Artwork, as_user: Looking, viewer: User, crew: User, stranger: User
) -> None:
    given = {"artwork": "poster-2026", "due_on": "2031-01-01"}
    for user in (viewer, crew):
        client = as_user(user)
        assert 'id="replace"' not in client.get("/artworks/poster-2025/").content.decode()
        assert client.post("/artworks/poster-2025/", given).status_code == 403
    # A stranger plans for what hangs in the other district.
    as_user(stranger).post("/artworks/poster-2025/", given)
    assert Batch.objects.get().jobs.get().asset.code.startswith("370999")


def test_nobody_is_sent_to_sign_in(old: Artwork, client: Client) -> None:
    for address in ("/artworks/", "/artworks/poster-2025/", "/artworks/poster-2025/picture"):
        assert client.get(address).status_code == 302
    assert client.post("/artworks/poster-2025/", {}).status_code == 302


def test_the_picture_is_for_readers(
    old: Artwork, reader: Client, client: Client, settings: Settings, tmp_path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    assert reader.get("/artworks/poster-2025/picture").status_code == 404
    old.picture.save("poster.jpg", ContentFile(jpeg()))
    response = reader.get("/artworks/poster-2025/picture")
    assert (response.status_code, response["Content-Type"]) == (200, "image/jpeg")
    assert "/artworks/poster-2025/picture" in reader.get("/artworks/poster-2025/").content.decode()
    assert client.get("/artworks/poster-2025/picture").status_code == 302


def test_an_unknown_artwork_is_not_there(town: Town, reader: Client) -> None:
    for code in ("nothing", "%00"):
        assert reader.get(f"/artworks/{code}/").status_code == 404


def test_many_artworks_take_no_more_queries(
    old: Artwork, office: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(30):
        make_artwork(f"more-{number}")
    office.get("/artworks/")
    with django_assert_max_num_queries(7):
        office.get("/artworks/")
    with django_assert_max_num_queries(21):
        office.get("/artworks/poster-2025/")
