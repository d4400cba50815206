import json

import pytest
from django.test import Client

from accounts.models import User
from tests.mapping.conftest import Town

pytestmark = pytest.mark.django_db


def test_all(town: Town, planner: User) -> None:
    c = Client()
    c.force_login(planner)
    for p in [
        "",
        "api",
        "conformance",
        "collections",
        *[
            f"collections/{n}{s}"
            for n in ("assets", "inspections", "maintenance", "areas", "roads", "sites")
            for s in ("", "/queryables", "/sortables", "/schema", "/items")
        ],
        f"collections/assets/items/{town.board.code}",
        "collections/areas/items/370105",
    ]:
        for q in ("?f=json", "?f=html", "?lang=en", "?f=html&lang=en"):
            r = c.get(f"/ogc/{p}{q}")
            assert r.status_code == 200, (p, q, r.content[:300])
            if "html" not in q:
                json.loads(r.content)
    for q in (
        "filter=condition='damaged'",
        "filter=S_INTERSECTS(geometry,BBOX(116,36,118,38))",
        "sortby=-condition&limit=2",
        "bbox=116,36,118,38",
        "crs=http://www.opengis.net/def/crs/EPSG/0/4548",
        "datetime=2020-01-01/..",
        "filter=A_CONTAINS(themes,('core_values'))",
        "street=370105001",
        "filter=T_AFTER(updated_at,DATE('2026-01-01')) AND NOT(width > 3)",
    ):
        r = c.get(f"/ogc/collections/assets/items?{q}")
        print(q, r.status_code, r.content[:3000].decode()[:400])
        assert r.status_code == 200
