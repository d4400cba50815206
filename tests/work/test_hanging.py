"""Which artwork may hang: Python and SQL say the same, and so do one job and many."""

from datetime import timedelta
from itertools import product

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from accounts.models import User
from assets.actions.plan_maintenance import plan_maintenance
from assets.history import Actor
from assets.models import Approval, Artwork, Asset, MaintenanceKind, Origin
from assets.rules import hanging
from tests.factories import make_artwork, make_asset
from work.actions.plan_jobs import Work, plan_jobs


def _may_hang(artwork: Artwork, on: object) -> bool:
    try:
        hanging.check_may_hang(artwork, on)  # type: ignore[arg-type]
    except ValidationError:
        return False
    return True


@pytest.mark.django_db
def test_an_artwork_may_hang_by_one_rule() -> None:
    today = timezone.localdate()
    for approval, start, length in product(Approval, (None, -2, 0, 2), (None, 0, 1)):
        first = today + timedelta(days=start) if start is not None else None
        last = (first or today) + timedelta(days=length) if length is not None else None
        make_artwork(approval=approval, valid_from=first, valid_to=last)
    allowed = {artwork.pk for artwork in Artwork.objects.all() if _may_hang(artwork, today)}
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id FROM assets_artwork w WHERE {hanging.may_hang_sql('w', '%(day)s')}", {"day": today}
        )
        in_sql = {key for (key,) in cursor.fetchall()}
    assert allowed == in_sql
    later = {artwork.pk for artwork in Artwork.objects.filter(hanging.still_to_hang(today))}
    assert allowed < later


def test_a_job_whose_day_has_passed_hangs_its_artwork_today(owner: User) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    asset, ended = make_asset(), make_artwork(valid_to=yesterday)
    with pytest.raises(ValidationError) as refused:
        plan_maintenance(
            Actor(owner, Origin.WEB),
            asset,
            MaintenanceKind.REPLACE_CONTENT,
            due_on=yesterday,
            artwork=ended,
        )
    assert "artwork" in refused.value.message_dict


def test_one_job_and_many_refuse_the_same_artwork(owner: User) -> None:
    actor, asset = Actor(owner, Origin.WEB), make_asset()
    coming = make_artwork(valid_from=timezone.localdate() + timedelta(days=9))
    soon = timezone.localdate() + timedelta(days=3)
    for plan in (
        lambda: plan_maintenance(actor, asset, MaintenanceKind.REPLACE_CONTENT, due_on=soon, artwork=coming),
        lambda: plan_jobs(
            actor,
            Asset.objects.filter(pk=asset.pk),
            Work(MaintenanceKind.REPLACE_CONTENT, due_on=soon, artwork=coming),
            title="t",
        ),
    ):
        with pytest.raises(ValidationError) as refused:
            plan()
        assert "artwork" in refused.value.message_dict
