"""A demonstration is loaded once for all tests of a file that only look at it."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import override_settings
from pytest_django import DjangoDbBlocker

Kept = Callable[[], AbstractContextManager[None]]


@pytest.fixture(scope="module")
def kept(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Kept:
    """`with kept():` the fixtures, and what is loaded in it, stand until the block ends, photos in their own folder."""

    @contextmanager
    def block() -> Iterator[None]:
        media = str(tmp_path_factory.mktemp("media"))
        with (
            django_db_blocker.unblock(),
            override_settings(MEDIA_ROOT=media, DEMONSTRATION=True),
            transaction.atomic(),
        ):
            call_command("load_fixtures", verbosity=0)
            yield
            transaction.set_rollback(True)

    return block
