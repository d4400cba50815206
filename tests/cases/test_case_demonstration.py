"""The demonstration's cases: a believable mix, made by the actions, the same for the same seed."""

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from assets.models import Batch, BatchKind, Campaign
from cases.campaign_demonstration import NoCampaignCases, make_campaigns
from cases.demonstration import NoDemonstration, make_cases
from cases.models import Case, CaseCategory, CasePhoto, Exposure, MediaPiece, Patrol, PatrolRecord, Team
from cases.patrols.demonstration import make_patrols
from places.models import Unit
from tests.cases.conftest import Scene
from tests.factories import make_asset, make_site, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def ready(scene: Scene, settings: LazySettings, tmp_path) -> Scene:
    settings.MEDIA_ROOT = tmp_path
    settings.DEMONSTRATION = True
    for _ in range(5):
        make_asset(maintainer=Unit.objects.get(name="养护公司"))
    call_command("load_fixtures", verbosity=0)
    CaseCategory.objects.all().delete()
    call_command("load_case_lists", verbosity=0)
    return scene


def test_cases_are_in_many_states_and_the_same_again_for_the_same_seed(ready: Scene) -> None:
    assert make_cases(25, 3, timezone.now()) == 25
    states = set(Case.objects.values_list("state", flat=True))
    assert {"closed"} < states
    assert Case.objects.filter(reported_at__gt=timezone.now()).count() == 0
    assert Case.objects.filter(photos=None).count() == 0


def test_photos_are_as_old_as_what_they_show(ready: Scene) -> None:
    make_cases(12, 1, timezone.now())
    photos = list(CasePhoto.objects.select_related("case", "step"))
    assert {photo.stage for photo in photos} == {"before", "after"}
    for photo in photos:
        assert photo.taken_at == (photo.case.reported_at if photo.stage == "before" else photo.step.at)


def test_the_command_does_nothing_twice_nor_without_a_demonstration(ready: Scene) -> None:
    with pytest.raises(CommandError):
        call_command("demo_cases", cases=2, verbosity=0)
    Batch.objects.create(kind=BatchKind.DEMONSTRATION, title="x", origin="command")
    call_command("demo_cases", cases=2, if_empty=True, verbosity=0)
    call_command("demo_cases", cases=2, if_empty=True, verbosity=0)
    assert Case.objects.count() == 2


def test_patrols_found_the_cases_of_patrols_and_have_ended_as_their_records_say(ready: Scene) -> None:
    for number in range(6):
        make_site(f"点位{number}", "market", area=ready.district.southwest, code=f"D{number}")
    make_cases(25, 3, timezone.now())
    there = make_patrols(1, timezone.now())
    found = Case.objects.filter(source__in=["patrol", "photo_team"])
    assert found.exists()
    assert set(found.values_list("pk", flat=True)) == set(
        PatrolRecord.objects.filter(kind="problem").values_list("case", flat=True)
    )
    assert Team.objects.count() == 11
    ended = Patrol.objects.filter(ended_at__isnull=False)
    assert ended.count() == there
    for patrol in ended:
        times = list(patrol.records.values_list("at", flat=True))
        assert (patrol.started_at, patrol.ended_at) == (min(times), max(times))
        assert patrol.people == patrol.records.get(kind="start").people
        draw = patrol.draws.get()
        assert list(patrol.stops.values_list("site__code", flat=True)) == draw.drawn
    assert Patrol.objects.in_state("underway").count() == 1
    assert Patrol.objects.in_state("planned").count() == 5


def test_the_command_for_patrols_does_nothing_twice_nor_without_cases(ready: Scene) -> None:
    with pytest.raises(CommandError):
        call_command("demo_patrols", verbosity=0)
    call_command("demo_patrols", if_empty=True, verbosity=0)
    assert not Patrol.objects.exists()
    make_site(area=ready.district.southwest)
    make_cases(3, 1, timezone.now())
    call_command("demo_patrols", if_empty=True, verbosity=0)
    before = Patrol.objects.count()
    call_command("demo_patrols", if_empty=True, verbosity=0)
    assert Patrol.objects.count() == before > 0


def test_without_categories_there_is_no_demonstration(scene: Scene) -> None:
    with pytest.raises(NoDemonstration):
        make_cases(1, 1, timezone.now())


def test_campaigns_media_and_exposures_are_invented_around_the_cases(ready: Scene) -> None:
    with pytest.raises(NoCampaignCases):
        make_campaigns(1, timezone.now())
    make_cases(25, 3, timezone.now())
    for name, role in (("publicity", "publicity"), ("leader", "leader")):
        if not User.objects.filter(username=name).exists():
            make_user(role, ready.district.district, username=name)
    made = make_campaigns(1, timezone.now())
    assert (made["campaigns"], made["pieces"]) == (3, 480)
    assert MediaPiece.objects.values("column").distinct().count() == 5
    assert all("演示" in title for title in MediaPiece.objects.values_list("title", flat=True))
    assert all("演示" in name for name in Campaign.objects.values_list("name_zh", flat=True))
    assert Case.objects.filter(campaign__isnull=False).exists()
    shown = Exposure.objects.filter(approved_at__isnull=False)
    assert shown.exists()
    assert Exposure.objects.filter(approved_at=None).exists()
    assert not shown.filter(approved_by=F("proposed_by")).exists()
