"""What runs apart comes back as it would have here, or as one exception whatever became of its process."""

import os
import signal
import time

import pytest
from django.utils import translation
from django.utils.translation import get_language
from hypothesis import given, settings
from hypothesis import strategies as st

from places.apart import GaveUp, Limits, run_apart
from places.boundary_files import UnreadableBoundaries, read

SMALL = Limits(memory=1 << 30, processor_seconds=2, seconds=20)


def same(value):
    return value


def refuse(sentence):
    raise UnreadableBoundaries(sentence)


def work_for_ever():
    while True:
        pass


def wait_for_ever():
    while True:
        time.sleep(1)


def take_all_memory():
    return len([bytearray(1 << 26) for _ in range(1 << 10)])


def end_itself():
    os.kill(os.getpid(), signal.SIGSEGV)


def stop_without_a_word():
    os._exit(0)


@settings(max_examples=10)
@given(st.recursive(st.none() | st.integers() | st.text(), lambda inner: st.lists(inner, max_size=5)))
def test_a_result_comes_back_as_it_is(value):
    assert run_apart(same, value) == value


def test_a_large_result_comes_back_whole():
    assert len(run_apart(same, b"x" * 50_000_000)) == 50_000_000


def test_an_exception_comes_back_as_it_was_raised():
    with pytest.raises(UnreadableBoundaries, match="why"):
        run_apart(refuse, "why")


@pytest.mark.parametrize("function", [work_for_ever, take_all_memory, end_itself, stop_without_a_word])
def test_what_meets_a_limit_or_dies_gives_up(function):
    with pytest.raises(GaveUp):
        run_apart(function, limits=SMALL)


def test_what_waits_for_ever_gives_up():
    with pytest.raises(GaveUp):
        run_apart(wait_for_ever, limits=Limits(seconds=0.5))


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_it_speaks_the_language_of_whoever_asks(language):
    with translation.override(language):
        assert run_apart(get_language) == language


def test_boundaries_are_read_apart(tmp_path):
    broken = tmp_path / "areas.geojson"
    broken.write_text("{")
    with pytest.raises(UnreadableBoundaries, match=r"areas\.geojson"):
        read(broken)
