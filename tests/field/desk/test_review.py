"""/fieldwork/review/: what the office decides, and who may."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from accounts.models import Membership, Role, User
from assets.actions.edit_asset import edit_asset
from assets.history import Actor, events_of
from assets.models import Asset, Inspection, Lifecycle, Maintenance, MaintenanceKind, Origin, Photo
from field.models import Operation, ReviewItem
from tests.field.conftest import Phone, jpeg, named, phone_of

pytestmark = pytest.mark.django_db

SignedIn = Callable[[User | None], Client]
LIST = "/fieldwork/review/"


@pytest.fixture
def office(signed_in: SignedIn, owner: User) -> Client:
    """The west street's office."""
    return signed_in(owner)


def decide(client: Client, item: ReviewItem, decision: str, **values: Any) -> HttpResponse:
    return client.post(f"{LIST}{item.pk}/", {"decision": decision, **values}, follow=True)


@pytest.fixture
def proposal(phone: Phone, board: Asset) -> ReviewItem:
    """A crew member proposes two corrections and a position, with a photo."""
    data = jpeg()
    fields = {"wording": "手机的", "address": "新地址", "position": {"lon": 116.991, "lat": 36.68}}
    phone.send(phone.edit(board, fields, photos=[named(data)]))
    phone.put_photo(data)
    return ReviewItem.objects.get()


@pytest.fixture
def far(phone: Phone, board: Asset) -> ReviewItem:
    phone.send(phone.inspect(board, "severe", position={"lon": 116.99, "lat": 36.69, "accuracy": 5}))
    return ReviewItem.objects.get()


def test_both_sides_are_shown(office: Client, proposal: ReviewItem, board: Asset) -> None:
    edit_asset(Actor(None, Origin.COMMAND), board, {"wording": "办公室的"})
    page = office.get(LIST).content.decode()
    for words in ("旧的", "办公室的", "手机的", "新地址", "116.991, 36.68", "Proposed correction"):
        assert words in page


def test_a_position_says_how_far_it_is_from_the_catalogues(office: Client, proposal: ReviewItem) -> None:
    assert "116.991, 36.68 (89 m from the catalogue&#x27;s)" in office.get(LIST).content.decode()


def test_a_new_asset_that_was_refused_can_be_looked_up_on_the_map(
    signed_in: SignedIn, editors_phone: Phone, publicity: User
) -> None:
    # Across the street's boundary, where its editor may not register.
    editors_phone.send(editors_phone.create(position={"lon": 117.01, "lat": 36.68}, wording=""))
    page = signed_in(publicity).get(LIST).content.decode()
    assert 'href="/map/#17.00/36.68000/117.01000"' in page
    # What the phone was told speaks to whoever holds it; what is empty says nothing.
    assert "Your role" not in page
    assert "Wording" not in page


def test_all_of_it_is_taken(office: Client, proposal: ReviewItem, board: Asset, owner: User) -> None:
    page = decide(office, proposal, "take_all", seen=board.version)
    assert "in the catalogue" in page.content.decode()
    board.refresh_from_db()
    assert (board.wording, board.address, round(board.point.x, 6)) == ("手机的", "新地址", 116.991)
    assert events_of(board)[0].pgh_context.metadata["user"] == owner.pk
    proposal.refresh_from_db()
    assert (proposal.decision, proposal.decided_by) == ("applied", owner)
    assert (proposal.operation.status, proposal.operation.applied_by) == ("merged", owner)
    assert Photo.objects.get().asset == board


def test_one_field_is_taken_and_the_others_stay(office: Client, proposal: ReviewItem, board: Asset) -> None:
    decide(office, proposal, "choose", take=["address"], seen=board.version)
    board.refresh_from_db()
    assert (board.wording, board.address) == ("旧的", "新地址")
    assert Operation.objects.get().fields == ["address"]


@pytest.mark.parametrize("take", [[], ["name"], ["wording", "nothing"]])
def test_something_that_is_there_must_be_chosen(
    office: Client, proposal: ReviewItem, board: Asset, take: list[str]
) -> None:
    decide(office, proposal, "choose", take=take, seen=board.version)
    proposal.refresh_from_db()
    assert proposal.decision == ""


def test_what_changed_while_somebody_was_deciding_is_not_overwritten(
    office: Client, proposal: ReviewItem, board: Asset
) -> None:
    seen = board.version
    edit_asset(Actor(None, Origin.COMMAND), board, {"wording": "刚刚改的"})
    page = decide(office, proposal, "take_all", seen=seen)
    assert "has changed again" in page.content.decode()
    board.refresh_from_db()
    assert board.wording == "刚刚改的"


def test_the_catalogues_is_kept_with_a_reason(office: Client, proposal: ReviewItem, phone: Phone) -> None:
    assert "Say why" in decide(office, proposal, "dismiss").content.decode()
    decide(office, proposal, "dismiss", reason="拍错了牌子")
    operation = Operation.objects.get()
    (answer,) = phone.send(json.loads(operation.raw))
    assert (answer["first"]["status"], answer["first"]["reason"]) == ("rejected", "dismissed")
    assert answer["first"]["message"] == "拍错了牌子"


def test_nobody_decides_twice(office: Client, proposal: ReviewItem, board: Asset) -> None:
    decide(office, proposal, "take_all", seen=board.version)
    page = decide(office, proposal, "dismiss", reason="doch nicht")
    assert "decided this already" in page.content.decode()


def test_who_may_review_is_not_therefore_allowed_to_edit(
    office: Client, proposal: ReviewItem, board: Asset, district: Any
) -> None:
    fields = {"position": {"lon": 117.01, "lat": 36.68}}
    crew = phone_of(proposal.operation.user)
    crew.send(crew.edit(board, fields))
    item = ReviewItem.objects.latest("pk")
    page = decide(office, item, "take_all", seen=board.version)
    assert "does not allow" in page.content.decode()
    item.refresh_from_db()
    assert item.decision == ""


def test_a_refused_record_is_rescued_when_its_reason_has_gone(
    office: Client, colleague: User, board: Asset, owner: User
) -> None:
    phone = phone_of(colleague)
    data = jpeg()
    phone.send(phone.inspect(board, "damaged", photos=[named(data)]))
    phone.put_photo(data)
    item = ReviewItem.objects.get()
    decide(office, item, "rescue")
    inspection = Inspection.objects.get()
    assert (inspection.inspector, inspection.origin) == (colleague, "phone")
    assert Operation.objects.get().applied_by == owner
    assert Photo.objects.get().inspection == inspection
    board.refresh_from_db()
    assert board.condition == 3


def test_what_still_cannot_be_applied_stays(office: Client, phone: Phone, board: Asset) -> None:
    phone.send(phone.inspect(board, "splendid"))
    item = ReviewItem.objects.get()
    assert "condition" in decide(office, item, "rescue").content.decode()
    item.refresh_from_db()
    assert (item.decision, item.operation.status) == ("", "rejected")


def test_a_rescued_correction_can_turn_out_a_conflict(
    office: Client, phone: Phone, board: Asset, crew: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_arguments: object, **_named: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr("field.up.applying.edits.locked_asset", fail)
        phone.send(phone.edit(board, {"wording": "手机的"}))
    edit_asset(Actor(None, Origin.COMMAND), board, {"wording": "办公室的"})
    item = ReviewItem.objects.get()
    decide(office, item, "rescue")
    item.refresh_from_db()
    assert item.decision == "turned"
    assert ReviewItem.objects.open().get().kind == "conflict"


def test_somebody_elses_record_is_not_rescued(
    office: Client, phone: Phone, board: Asset, owner: User
) -> None:
    phone_of(owner).send(phone.inspect(board))
    item = ReviewItem.objects.get()
    assert "from their own phone" in decide(office, item, "rescue").content.decode()
    decide(office, item, "dismiss", reason="kommt noch")
    assert [result["status"] for result in phone.send(phone.inspect(board))] == ["applied"]


def test_a_record_from_far_away_stands(office: Client, far: ReviewItem) -> None:
    assert "1112 m" in office.get(LIST).content.decode().replace(",", "")
    decide(office, far, "accept")
    far.refresh_from_db()
    assert (far.decision, Inspection.objects.get().voided_at) == ("accepted", None)


def test_a_record_from_far_away_is_voided(office: Client, far: ReviewItem, board: Asset) -> None:
    assert "Say why" in decide(office, far, "void").content.decode()
    decide(office, far, "void", reason="不在现场")
    assert Inspection.objects.get().void_reason == "不在现场"
    board.refresh_from_db()
    assert board.condition == 0


def test_a_closed_job_that_was_opened_again(office: Client, phone: Phone, board: Asset) -> None:
    job = Maintenance.objects.create(
        asset=board, kind=MaintenanceKind.REPAIR, state="done", completed_at=timezone.now()
    )
    phone.send(phone.op("job_done", job=job.pk, fields={"cost": 80}))
    item = ReviewItem.objects.get()
    decide(office, item, "rescue")
    item.refresh_from_db()
    assert item.decision == ""
    Maintenance.objects.filter(pk=job.pk).update(state="in_progress", completed_at=None)
    decide(office, item, "rescue")
    job.refresh_from_db()
    assert (job.state, job.cost) == ("done", 80)


def test_an_edit_of_something_removed(office: Client, editors_phone: Phone, board: Asset) -> None:
    op = editors_phone.edit(board, {"wording": "手机的"})
    Asset.objects.filter(pk=board.pk).update(
        lifecycle=Lifecycle.REMOVED, removed_on=timezone.localdate(), removal_reason="拆除"
    )
    editors_phone.send(op)
    item = ReviewItem.objects.get()
    board.refresh_from_db()
    decide(office, item, "take_all", seen=board.version)
    board.refresh_from_db()
    assert board.wording == "手机的"


def test_a_photo_is_attached_by_who_may(office: Client, phone: Phone, board: Asset, crew: User) -> None:
    data = jpeg()
    phone.send(phone.inspect(board, photos=[named(data)]))
    # The crew member changes to another district before the photo has come.
    Membership.objects.filter(user=crew).delete()
    Membership.objects.create(user=crew, role=Role.CREW, area=board.district.parent or _other())
    assert phone.put_photo(data).json()["complete"] is True
    item = ReviewItem.objects.get()
    assert (item.kind, Photo.objects.count()) == ("photo", 0)
    decide(office, item, "attach")
    assert Photo.objects.get().asset == board


def _other() -> Any:
    from places.models import Area

    return Area.objects.get(code="370999")


def test_photos_that_wait_are_shown(
    office: Client, proposal: ReviewItem, signed_in: SignedIn, colleague: User
) -> None:
    claim = proposal.operation.claims.get()
    address = f"{LIST}{proposal.pk}/photos/{claim.pk}/thumb"
    assert address in office.get(LIST).content.decode()
    assert office.get(address)["Content-Type"] == "image/jpeg"
    assert signed_in(colleague).get(address).status_code == 404
    assert office.get(f"{LIST}{proposal.pk}/photos/{claim.pk}/huge").status_code == 404


def test_what_came_is_shown_without_doing_harm(office: Client, phone: Phone, board: Asset) -> None:
    phone.send(
        phone.inspect(
            board, "<script>alert(1)</script>", fields={"note": "\ud800\x00<b>", "x" * 5000: [1] * 500}
        ),
        [1, "{"],
        phone.op("<i>", asset=board),
    )
    answer = office.get(LIST)
    assert answer.status_code == 200
    assert b"<script>alert" not in answer.content


def test_only_ones_own_street(
    signed_in: SignedIn, proposal: ReviewItem, colleague: User, stranger: User, publicity: User
) -> None:
    for user in (colleague, stranger):
        client = signed_in(user)
        assert "手机的" not in client.get(LIST).content.decode()
        assert decide(client, proposal, "dismiss", reason="x").status_code == 404
    assert "手机的" in signed_in(publicity).get(LIST).content.decode()


def test_who_reviews_nothing_is_not_let_in(
    signed_in: SignedIn, proposal: ReviewItem, crew: User, viewer: User, planner: User
) -> None:
    for user in (crew, viewer, planner):
        assert signed_in(user).get(LIST).status_code == 403
        assert signed_in(user).post(f"{LIST}{proposal.pk}/", {"decision": "dismiss"}).status_code == 403
    answer = signed_in(None).get(LIST)
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/?next=/fieldwork/review/")


def test_the_header_leads_there_whoever_may(
    signed_in: SignedIn, owner: User, crew: User, board: Asset
) -> None:
    link = 'href="/fieldwork/"'
    assert link in signed_in(owner).get("/map/").content.decode()
    assert link not in signed_in(crew).get("/map/").content.decode()


def test_decided_items_say_by_whom(office: Client, far: ReviewItem, owner: User) -> None:
    decide(office, far, "accept", reason="信号不好")
    page = office.get(f"{LIST}?show=decided").content.decode()
    assert "信号不好" in page
    assert str(owner) in page


@pytest.mark.parametrize("query", ["?kind=nothing", "?show=x"])
def test_senseless_addresses_show_a_list(office: Client, far: ReviewItem, query: str) -> None:
    assert office.get(LIST + query).status_code == 200


@pytest.mark.parametrize("query, parameter", [("?page=2", "page"), ("?cursor=x", "cursor"), ("?x=1", "x")])
def test_what_is_no_parameter_or_no_cursor_is_named(
    office: Client, far: ReviewItem, query: str, parameter: str
) -> None:
    answer = office.get(LIST + query)
    assert answer.status_code == 400
    assert parameter in answer.content.decode()


def test_a_long_list_takes_few_queries(
    office: Client, phone: Phone, board: Asset, django_assert_max_num_queries: Callable
) -> None:
    phone.send(*(phone.edit(board, {"wording": str(n)}, photos=[named(jpeg())]) for n in range(12)))
    phone.send(*(phone.inspect(board, "x") for _n in range(12)))
    office.get(LIST)
    with django_assert_max_num_queries(18):
        assert office.get(LIST).content.decode().count("<article") == 24
