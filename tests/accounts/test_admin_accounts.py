"""Administration of users: nobody hands out more than they hold."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Membership, Role, User
from places.row_history import changes_of
from tests.conftest import District
from tests.factories import make_user

ADD = "admin:accounts_user_add"
CHANGE = "admin:accounts_user_change"


def form_of(user: User, *memberships: tuple[str, Any], **values: Any) -> dict[str, Any]:
    kept = list(user.memberships.all())
    form: dict[str, Any] = {
        "username": user.username,
        "display_name": user.display_name,
        "is_active": "on",
        "memberships-TOTAL_FORMS": len(kept) + len(memberships),
        "memberships-INITIAL_FORMS": len(kept),
    }
    for number, membership in enumerate(kept):
        form |= {
            f"memberships-{number}-id": membership.pk,
            f"memberships-{number}-user": user.pk,
            f"memberships-{number}-role": membership.role,
            f"memberships-{number}-area": membership.area_id or "",
        }
    for number, (role, area) in enumerate(memberships, len(kept)):
        form |= {
            f"memberships-{number}-user": user.pk,
            f"memberships-{number}-role": role,
            f"memberships-{number}-area": area.pk if area else "",
        }
    return form | values


@pytest.fixture
def office(client: Client, administrator: User) -> Client:
    client.force_login(administrator)
    return client


@pytest.mark.parametrize("name", ["publicity", "owner"])
def test_only_administrators_see_users(client: Client, name: str, request: pytest.FixtureRequest) -> None:
    client.force_login(request.getfixturevalue(name))
    assert client.get(reverse("admin:accounts_user_changelist")).status_code == 403


def test_a_user_is_added_and_given_a_role(office: Client, district: District, administrator: User) -> None:
    answer = office.post(
        reverse(ADD),
        {
            "username": "new",
            "display_name": "新人",
            "usable_password": "true",
            "password1": "long-enough-3",
            "password2": "long-enough-3",
            "memberships-TOTAL_FORMS": 0,
            "memberships-INITIAL_FORMS": 0,
        },
    )
    assert answer.status_code == 302, answer.content.decode()
    new = User.objects.get(username="new")
    assert not new.is_staff
    answer = office.post(reverse(CHANGE, args=[new.pk]), form_of(new, (Role.STREET_EDITOR, district.west)))
    assert answer.status_code == 302, answer.content.decode()
    new.refresh_from_db()
    assert new.is_staff, "a street editor may open the administration"
    [change] = changes_of(Membership.objects.get(user=new))
    assert (change.actor, change.origin) == ("administrator", "admin")


def test_a_role_outside_the_own_district_is_not_given(office: Client, district: District) -> None:
    user = make_user(None)
    for area in (district.other_district, district.other_street, None):
        answer = office.post(reverse(CHANGE, args=[user.pk]), form_of(user, (Role.VIEWER, area)))
        assert answer.status_code == 200
        assert not user.memberships.exists()


def test_who_has_a_role_elsewhere_is_not_touched(office: Client, district: District, stranger: User) -> None:
    both = make_user(Role.VIEWER, district.west)
    Membership.objects.create(user=both, role=Role.VIEWER, area=district.other_street)
    root = make_user(None, is_superuser=True)
    for user in (stranger, both, root):
        assert office.post(reverse(CHANGE, args=[user.pk]), form_of(user)).status_code == 403
        password = reverse("admin:auth_user_password_change", args=[user.pk])
        assert office.get(password).status_code == 403


def test_nobody_is_deleted_or_made_superuser(office: Client) -> None:
    user = make_user(None)
    assert (
        office.post(reverse("admin:accounts_user_delete", args=[user.pk]), {"post": "yes"}).status_code == 403
    )
    office.post(reverse(CHANGE, args=[user.pk]), form_of(user, is_superuser="on", is_staff="on"))
    user.refresh_from_db()
    assert (user.is_superuser, user.is_staff) == (False, False)


def test_losing_the_role_closes_the_administration(office: Client, district: District) -> None:
    editor = make_user(Role.STREET_EDITOR, district.west, is_staff=True)
    form = form_of(editor) | {"memberships-0-DELETE": "on"}
    assert office.post(reverse(CHANGE, args=[editor.pk]), form).status_code == 302
    editor.refresh_from_db()
    assert not editor.is_staff
    assert not editor.memberships.exists()


def test_a_password_is_in_no_history(office: Client, administrator: User) -> None:
    assert "password" not in {field.name for field in administrator.events.model._meta.fields}  # type: ignore[attr-defined]
