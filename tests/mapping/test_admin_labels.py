"""Whatever can be filled in or chosen in the administration has a name that a screen reader says: all its pages are
walked."""

from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse
from lxml import html

from accounts.models import User
from tests.factories import make_artwork, make_road, make_site, make_theme, make_unit
from tests.mapping.conftest import Town

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(administrator: User, town: Town) -> Client:
    """Somebody who sees every page and every field."""
    administrator.is_superuser = administrator.is_staff = True
    administrator.save()
    for make in (make_artwork, make_site, make_theme, make_unit, make_road):
        make()
    client = Client()
    client.force_login(administrator)
    client.cookies["django_language"] = "en"
    return client


def nameless(content: bytes) -> list[str]:
    """The fields of a page that have neither a label nor a name of their own."""
    page = html.fromstring(content.decode())
    labelled = set(page.xpath("//label/@for"))
    found = []
    for field in page.xpath("//input | //select | //textarea"):
        if field.get("type") in ("hidden", "submit", "button", "image", "reset"):
            continue
        named = field.get("aria-label", "").strip() or field.get("title", "").strip()
        by_others = [page.get_element_by_id(name, None) for name in field.get("aria-labelledby", "").split()]
        inside = field.xpath("ancestor::label[normalize-space()]")
        if not (
            named or any(label is not None for label in by_others) or inside or field.get("id") in labelled
        ):
            found.append(f"{field.tag} {field.get('type', '')} {field.get('name')}")
    return found


def pages(client: Client) -> list[str]:
    """The index, and every list, form of a row, and form of a new one."""
    addresses = [reverse("admin:index")]
    for model, page in admin.site._registry.items():
        name = f"{model._meta.app_label}_{model._meta.model_name}"
        addresses.append(reverse(f"admin:{name}_changelist"))
        request: Any = type("Request", (), {"user": User.objects.get(username="administrator")})()
        if page.has_add_permission(request):
            addresses.append(reverse(f"admin:{name}_add"))
        row = model._default_manager.first()
        if row is not None:
            addresses.append(reverse(f"admin:{name}_change", args=[row.pk]))
    return addresses


def test_every_field_of_the_administration_has_a_name(client: Client) -> None:
    found = {}
    walked = 0
    for address in pages(client):
        answer = client.get(address)
        if answer.status_code != 200:
            continue
        walked += 1
        if fields := nameless(answer.content):
            found[address] = fields
    assert walked > 40
    assert not found
