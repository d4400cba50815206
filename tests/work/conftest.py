"""The small town with jobs in every state, looked at as somebody."""

import pytest

from tests.mapping.conftest import Town, as_user, reader, town
from tests.work.jobs_scene import Jobs, make_jobs

__all__ = ["as_user", "jobs", "reader", "town"]


@pytest.fixture
def jobs(town: Town) -> Jobs:
    """The town's jobs."""
    return make_jobs(town)
