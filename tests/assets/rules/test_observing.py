"""The moment of an inspection that somebody dates: what holds for every day."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from assets.models import Asset
from assets.rules.observing import seen_at

DAYS = st.dates(date(1900, 1, 1), date(2100, 1, 1))


@given(DAYS, DAYS | st.none())
def test_an_accepted_day_is_kept_and_lies_between_putting_up_and_now(
    day: date, installed: date | None
) -> None:
    asset = Asset(installed_on=installed)
    today = timezone.localdate()
    acceptable = day <= today and day >= (installed or day) and day.year >= 2000
    if not acceptable:
        with pytest.raises(ValidationError) as refused:
            seen_at(asset, day)
        assert set(refused.value.message_dict) == {"seen_on"}
        return
    moment = seen_at(asset, day)
    assert timezone.localdate(moment) == day
    assert moment <= timezone.now()


def test_today_counts_from_now_and_not_from_midnight() -> None:
    before = timezone.now()
    assert seen_at(Asset(), timezone.localdate()) >= before - timedelta(seconds=1)
