"""`manage.py demo_field_work`: two weeks of believable field work, made by way of the real protocol."""

from collections.abc import Iterator
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db.models import F
from django.test import Client, override_settings
from django.utils import timezone

from accounts.models import AccessToken, User
from assets.models import Inspection, Maintenance, MaintenanceState, Origin, Photo
from demonstration.fieldwork.making import DAYS
from field.actions.rescue_record import rescue_record
from field.models import Kind, Operation, Reason, ReviewItem, ReviewKind
from places.distance import metres_between
from tests.demonstration.conftest import Kept


# Before the others, whose demonstration stays until the end of this file.
def test_never_in_production(db: None) -> None:
    output = StringIO()
    with override_settings(DEMONSTRATION=False):
        call_command("demo_field_work", stdout=output)
    assert "DEMONSTRATION" in output.getvalue()
    assert not Operation.objects.exists()


def test_a_register_of_somebodys_own_is_left_alone(db: None) -> None:
    with override_settings(DEMONSTRATION=True):
        call_command("demo_field_work", "--if-empty", stdout=StringIO())
        with pytest.raises(CommandError):
            call_command("demo_field_work", stdout=StringIO())
    assert not Operation.objects.exists()


@pytest.fixture(scope="module")
def fortnight(kept: Kept) -> Iterator[str]:
    """A small demonstration with its field work, for all tests of this file; gives what the command said."""
    output = StringIO()
    with kept():
        call_command("load_demo", assets=5_000, photos=0, verbosity=0)
        call_command("demo_field_work", stdout=output)
        yield output.getvalue()


@pytest.fixture
def office(fortnight: str, db: None) -> Client:
    """The publicity department at its desk."""
    client = Client()
    client.cookies["django_language"] = "en"
    client.force_login(User.objects.get(username="publicity"))
    return client


def test_the_days_of_two_weeks_are_filled(fortnight: str, db: None) -> None:
    operations = Operation.objects.all()
    assert f"{operations.count()} " in fortnight
    assert 200 < operations.count() < 500
    days = {timezone.localdate(operation.happened_at) for operation in operations}
    assert len(days) >= 9
    assert min(days) >= timezone.localdate() - timedelta(days=DAYS)
    assert all(operation.happened_at <= operation.received_at <= timezone.now() for operation in operations)
    assert set(operations.values_list("kind", flat=True)) >= {
        Kind.INSPECT,
        Kind.EDIT,
        Kind.CREATE,
        Kind.JOB_DONE,
    }
    assert set(operations.values_list("user__username", flat=True)) == {"crew", "crew2", "beiyuan"}


def test_records_are_made_by_their_assets_and_are_facts_of_the_catalogue(fortnight: str, db: None) -> None:
    seen = Operation.objects.filter(kind=Kind.INSPECT, status="applied").exclude(position=None)
    near = [op for op in seen.select_related("asset") if metres_between(op.position, op.asset.point) < 60]
    assert len(near) > 0.9 * seen.count()
    made = Inspection.objects.filter(origin=Origin.PHONE)
    assert made.filter(inspector__username="crew").exists()
    assert all(inspection.effective_at == inspection.observed_at for inspection in made)
    photos = Photo.objects.filter(uploaded_by__username__in=["crew", "crew2", "beiyuan"])
    assert photos.exists()
    assert not photos.filter(drawn=False).exists()


def test_each_crew_has_jobs_that_are_done_and_jobs_to_do(fortnight: str, db: None) -> None:
    for username in ("crew", "crew2"):
        [unit] = User.objects.get(username=username).units.all()
        jobs = Maintenance.objects.filter(crew=unit)
        assert jobs.filter(operations__kind=Kind.JOB_DONE, state=MaintenanceState.DONE).exists()
        assert jobs.filter(state=MaintenanceState.ASSIGNED).exists()
        assert not jobs.filter(operations__isnull=False, completed_at__lt=F("started_at")).exists()


def test_something_of_every_kind_waits_for_the_office(fortnight: str, db: None) -> None:
    waiting = ReviewItem.objects.open()
    assert set(waiting.values_list("kind", flat=True)) == set(ReviewKind.values) - {ReviewKind.PHOTO}
    assert 3 <= waiting.filter(kind=ReviewKind.CONFLICT).count() <= 5
    assert ReviewItem.objects.exclude(decision="").count() == 3


def test_a_record_from_across_the_boundary_can_be_rescued(fortnight: str, db: None) -> None:
    item = ReviewItem.objects.open().filter(operation__reason=Reason.NOT_PERMITTED).first()
    assert item is not None
    rescue_record(User.objects.get(username="publicity"), item)
    item.operation.refresh_from_db()
    assert item.operation.is_applied


def test_every_page_has_something_to_show(office: Client) -> None:
    for page in ("review/", "review/?show=decided", "activity/", "devices/"):
        answer = office.get(f"/fieldwork/{page}")
        assert answer.status_code == 200
        assert 'class="empty"' not in answer.content.decode(), page
    day = timezone.localtime(
        Operation.objects.filter(user__username="crew").latest("happened_at").happened_at
    )
    assert len(office.get(f"/fieldwork/activity/crew/{day:%Y-%m-%d}/").context["track"]) > 3


def test_phones_are_in_use_lost_or_forgotten(office: Client) -> None:
    tokens = AccessToken.objects.filter(purpose="field")
    assert tokens.live().filter(label="红米 12C").exists()
    assert tokens.exclude(revoked_at=None).count() == 1
    assert tokens.filter(revoked_at=None, expires_at__lt=timezone.now()).count() == 1
    lost = tokens.exclude(revoked_at=None).get()
    assert not Operation.objects.filter(token=lost, received_at__gt=lost.revoked_at).exists()


def test_it_is_made_once(fortnight: str, db: None) -> None:
    count = Operation.objects.count()
    with override_settings(DEMONSTRATION=True):
        call_command("demo_field_work", "--if-empty", stdout=StringIO())
        with pytest.raises(CommandError):
            call_command("demo_field_work", stdout=StringIO())
    assert Operation.objects.count() == count
