"""Two people at one form of the administration, in every form there is: its registry is walked."""

from typing import Any

import pytest
from django.contrib import admin
from django.contrib.gis.geos import Point
from django.db.models import Model
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from lxml import html

from accounts.models import Membership, User
from assets.models import Asset, AssetType, Support
from places.models import Area, Road, Unit
from places.two_editors import KeepsOthersChanges
from tests.factories import make_artwork, make_road, make_site, make_theme, make_unit, make_user
from tests.mapping.conftest import Town

pytestmark = pytest.mark.django_db

Form = list[tuple[str, str]]


@pytest.fixture
def client(administrator: User, town: Town) -> Client:
    """Somebody who may edit whatever can be edited."""
    administrator.is_superuser = administrator.is_staff = True
    administrator.save()
    make_artwork()
    make_site()
    make_theme()
    make_unit()
    make_road()
    client = Client()
    client.force_login(administrator)
    client.cookies["django_language"] = "en"
    return client


def address(row: Model) -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


def sent(answer: HttpResponse, form_id: str) -> Form:
    """What a browser sends of a form that nobody touches."""
    page = html.fromstring(answer.content.decode())
    (form,) = page.xpath(f"//form[@id='{form_id}']")
    values: Form = []
    for field in form.inputs:
        kind = field.get("type")
        if not field.name or kind in ("submit", "file", "button") or field.get("disabled") is not None:
            continue
        if field.tag == "select" and field.multiple:
            values += [(field.name, value) for value in field.value]
        elif kind in ("checkbox", "radio"):
            values += [(field.name, field.get("value") or "on")] if field.checked else []
        else:
            # Browsers leave out the line end that begins a text area.
            values.append((field.name, (field.value or "").removeprefix("\n")))
    return values


def opened(client: Client, row: Model) -> Form:
    answer = client.get(address(row))
    assert answer.status_code == 200
    return sent(answer, f"{row._meta.model_name}_form")


def save(client: Client, row: Model, form: Form, **changed: str) -> HttpResponse:
    data: dict[str, list[str]] = {}
    for name, value in form:
        data.setdefault(name, []).append(value)
    data |= {name: [value] for name, value in changed.items()}
    return client.post(address(row), {**data, "_save": "1"})


def forms() -> list[tuple[type[Model], admin.ModelAdmin]]:
    return sorted(admin.site._registry.items(), key=lambda entry: entry[0]._meta.label)


def texts_of(form: Form, row: Model) -> list[str]:
    """The free texts among a form's fields."""
    names = {name for name, _value in form}
    return [
        field.name
        for field in row._meta.fields
        if field.name in names
        and type(field).__name__ in ("CharField", "TextField")
        and not field.choices
        and not field.unique
        and field.name not in ("source", "source_id")  # which belong together
    ]


def test_every_form_of_a_row_is_walked(client: Client) -> None:
    """Whoever changes what the first one did not, changes only that; in each form that can be written."""
    walked = []
    for model, page in forms():
        row = model._default_manager.first()
        request = type("Request", (), {"user": User.objects.get(username="administrator")})()
        if row is None or not page.has_change_permission(request, row):
            continue
        form = opened(client, row)
        texts = texts_of(form, row)
        if not texts:
            continue
        first, second = texts[0], texts[-1]
        answer = save(client, row, form, **{first: "first"})
        assert answer.status_code == 302, (model, first, answer.context["adminform"].form.errors)
        changed = {second: "second"} if second != first else {}
        answer = save(client, row, form, **changed)
        assert answer.status_code == 302, (model, second, answer.context["adminform"].form.errors)
        row.refresh_from_db()
        assert getattr(row, first) == "first", model
        if changed:
            assert getattr(row, second) == "second", model
        walked.append(model.__name__)
    assert {
        "Area",
        "Asset",
        "AssetType",
        "Road",
        "Site",
        "Support",
        "Theme",
        "Unit",
    } <= {*walked}
    assert "User" in walked


def test_every_form_is_made_of_the_rule(client: Client, rf: Any) -> None:
    """Also those without a free text."""
    request = rf.get("/")
    request.user = User.objects.get(username="administrator")
    for model, page in forms():
        if not page.has_change_permission(request):
            continue
        assert issubclass(page.get_form(request), KeepsOthersChanges), model
        if page.list_editable:
            assert issubclass(page.get_changelist_form(request), KeepsOthersChanges), model


def test_every_row_on_another_s_page_is_made_of_the_rule(client: Client, rf: Any) -> None:
    request = rf.get("/")
    request.user = User.objects.get(username="administrator")
    walked = []
    for model, page in forms():
        if not page.has_change_permission(request):
            continue
        for formset, inline in page.get_formsets_with_inlines(request, model._default_manager.first()):
            assert issubclass(formset.form, KeepsOthersChanges), (model, inline)
            walked.append(inline.model.__name__)
    assert "Membership" in walked


def membership_of(username: str) -> Membership:
    return Membership.objects.get(user__username=username)


def test_a_role_that_somebody_gave_meanwhile_is_not_put_back(client: Client) -> None:
    """Who changes the telephone leaves the role alone; who changes the role too sees the other one's."""
    member = make_user("viewer", username="member")
    Membership.objects.filter(user=member).delete()
    Membership.objects.create(user=member, role="viewer", area=Area.objects.get(code="370105"))
    form = opened(client, member)
    assert save(client, member, form, **{"memberships-0-role": "street_editor"}).status_code == 302
    assert save(client, member, form, phone="13800000000").status_code == 302
    member.refresh_from_db()
    assert (membership_of("member").role, member.phone) == ("street_editor", "13800000000")
    answer = save(client, member, form, **{"memberships-0-role": "publicity"})
    assert answer.status_code == 200
    assert "Somebody else changed this meanwhile" in answer.content.decode()
    assert membership_of("member").role == "street_editor"


def test_a_role_that_somebody_took_away_meanwhile_does_not_come_back(client: Client) -> None:
    member = make_user("viewer", username="member")
    Membership.objects.filter(user=member).delete()
    Membership.objects.create(user=member, role="viewer", area=Area.objects.get(code="370105"))
    form = opened(client, member)
    assert save(client, member, form, **{"memberships-0-DELETE": "on"}).status_code == 302
    save(client, member, form, phone="13800000000")
    assert not Membership.objects.filter(user=member).exists()


def test_what_both_changed_is_refused_and_saved_when_sent_once_more(client: Client) -> None:
    unit = make_unit("环卫所")
    form = opened(client, unit)
    assert save(client, unit, form, name="甲").status_code == 302
    answer = save(client, unit, form, name="乙")
    assert answer.status_code == 200
    assert "Somebody else changed this meanwhile, to: 甲" in answer.content.decode()
    unit.refresh_from_db()
    assert unit.name == "甲"
    again = sent(answer, "unit_form")
    assert ("name", "乙") in again
    assert save(client, unit, again).status_code == 302
    unit.refresh_from_db()
    assert unit.name == "乙"


def test_who_moves_nothing_does_not_move_an_asset_back(client: Client, town: Town) -> None:
    form = opened(client, town.board)
    there = Point(116.991, 36.681, srid=4326)
    moved = save(client, town.board, form, point_lon="116.991", point_lat="36.681")
    assert moved.status_code == 302, moved.context["adminform"].form.errors
    assert Asset.objects.get(pk=town.board.pk).point.equals_exact(there, 1e-6)
    assert save(client, town.board, form, remarks="only this").status_code == 302
    stored = Asset.objects.get(pk=town.board.pk)
    assert stored.remarks == "only this"
    assert stored.point.equals_exact(there, 1e-6)


def test_a_support_that_was_moved_stays_where_it_is(client: Client, town: Town) -> None:
    support = Support.objects.get(pk=town.faces[0].support_id)
    form = opened(client, support)
    assert save(client, support, form, point_lon="116.992", point_lat="36.682").status_code == 302
    assert save(client, support, form, name="杆").status_code == 302
    support.refresh_from_db()
    assert (round(support.point.x, 6), support.name) == (116.992, "杆")


def test_several_values_are_kept_too(client: Client) -> None:
    """Nothing chosen leaves no trace in a form; it was shown all the same."""
    member, unit = make_user("viewer", username="member"), make_unit("环卫所")
    form = opened(client, member)
    assert save(client, member, form, units=str(unit.pk)).status_code == 302
    assert save(client, member, form, display_name="王").status_code == 302
    member.refresh_from_db()
    assert ([*member.units.all()], member.display_name) == ([unit], "王")


def test_a_list_edited_in_place_puts_nothing_back(client: Client) -> None:
    kind = AssetType.objects.first()
    assert kind is not None
    listed = reverse("admin:assets_assettype_changelist")
    form = sent(client.get(listed), "changelist-form")
    AssetType.objects.filter(pk=kind.pk).update(order=77)
    data: dict[str, list[str]] = {}
    for name, value in form:
        data.setdefault(name, []).append(value)
    assert client.post(listed, {**data, "_save": "1"}).status_code == 302
    kind.refresh_from_db()
    assert kind.order == 77


def test_a_program_that_does_not_say_what_it_saw_has_the_last_word(client: Client) -> None:
    unit = make_unit("环卫所")
    form = [(name, value) for name, value in opened(client, unit) if not name.startswith("initial-")]
    Unit.objects.filter(pk=unit.pk).update(name="甲")
    assert save(client, unit, form).status_code == 302
    unit.refresh_from_db()
    assert unit.name == "环卫所"


def test_a_boundary_and_aliases_that_nobody_touched_stay(client: Client, town: Town) -> None:
    area, road = Area.objects.get(code="370105001"), Road.objects.first()
    assert road is not None
    boundary = area.boundary.wkt
    assert save(client, area, opened(client, area), kind="街").status_code == 302
    area.refresh_from_db()
    assert (area.kind, area.boundary.equals_exact(type(area.boundary).from_ewkt(boundary), 1e-6)) == (
        "街",
        True,
    )
    form = opened(client, road)
    Road.objects.filter(pk=road.pk).update(aliases=["北园路"])
    answer = save(client, road, form, name="北园大街二")
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    road.refresh_from_db()
    assert (road.aliases, road.name) == (["北园路"], "北园大街二")


def test_a_form_that_was_refused_shows_shape_and_place_as_they_are(client: Client, town: Town) -> None:
    """And sent again, once mended, it neither redraws nor moves anything."""
    area, board = Area.objects.get(code="370105001"), town.board
    for row, wrong in ((area, {"name": ""}), (board, {"width": "-1"})):
        form = opened(client, row)
        answer = save(client, row, form, **wrong)
        assert answer.status_code == 200, row
        again = sent(answer, f"{row._meta.model_name}_form")
        shapes = {name: value for name, value in form if "boundary" in name or "point" in name}
        assert shapes
        assert {name: value for name, value in again if name in shapes} == shapes
        version = getattr(row, "version", None)
        mended = {name: value for name, value in form if name in wrong}
        assert save(client, row, again, **mended).status_code == 302
        row.refresh_from_db()
        assert getattr(row, "version", None) == version
