"""What of an asset may be told to whom, and how far a telephone number is shown."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.disclosure import PRIVATE, TOLD_TO_READERS, masked_telephones, may_be_told
from assets.models import Asset
from places.row_history import UNTOLD
from tests.factories import make_asset


def test_of_every_column_somebody_has_decided_who_may_be_told_of_it():
    columns = {field.name for field in Asset._meta.concrete_fields}
    assert columns - UNTOLD - {"changed_txid"} == TOLD_TO_READERS | PRIVATE
    assert not TOLD_TO_READERS & PRIVATE


@pytest.mark.django_db
def test_private_columns_are_told_to_whoever_may_edit_the_asset(owner, colleague, viewer, crew, publicity):
    asset = make_asset()  # in the west
    told = [
        may_be_told("building_phone", reader, asset) for reader in (owner, publicity, colleague, viewer, crew)
    ]
    assert told == [True, True, False, False, False]
    assert may_be_told("address", viewer, asset)
    assert not may_be_told("a_column_of_tomorrow", viewer, asset)


@pytest.mark.parametrize(
    "number, shown",
    [
        ("13812342077", "138****2077"),
        ("0531-85951234", "053****1234"),
        ("8595123", "****123"),
        ("110", "****0"),
        ("", ""),
        ("13812342077、8595123", "138****2077、****123"),
        ("13812342077,8595123", "138****2077、****123"),
    ],
)
def test_a_telephone_number_is_shown_in_part(number, shown):
    assert masked_telephones(number) == shown


@given(st.text("0123456789- 、,()+", max_size=40))
def test_no_number_can_be_read_whole(text):
    for number, shown in zip(
        [part for part in re.split("[、,]", text) if part], masked_telephones(text).split("、"), strict=False
    ):
        hidden = len(re.sub(r"\D", "", number)) - len(re.sub(r"\D", "", shown))
        assert hidden >= min(4, len(re.sub(r"\D", "", number)) / 2)
