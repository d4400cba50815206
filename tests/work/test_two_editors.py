"""Two people edit one job: the second to save never puts the first one's values back without a word."""

from collections.abc import Callable

import pytest
from django.http import HttpResponse
from django.test import Client
from lxml import html

from accounts.models import User
from assets.models import Maintenance
from tests.work.jobs_scene import Jobs

pytestmark = pytest.mark.django_db

Looking = Callable[[User | None], Client]


@pytest.fixture
def client(owner: User, as_user: Looking) -> Client:
    """Somebody who plans jobs."""
    return as_user(owner)


def form_of(answer: HttpResponse) -> dict[str, str]:
    """What the job's form sends when nobody touches it."""
    page = html.fromstring(answer.content)
    (form,) = page.xpath("//form[contains(@action, '/edit')]")
    # As browsers do: an input without a value sends an empty one, which lxml leaves out.
    return {name: value or "" for name, value in form.fields.items()}


def opened(client: Client, job: Maintenance) -> dict[str, str]:
    """The form of a job's page."""
    return form_of(client.get(f"/jobs/{job.pk}/"))


def test_what_the_second_editor_did_not_touch_stays_as_the_first_left_it(client: Client, jobs: Jobs) -> None:
    """The priority and the description are the first one's, the day the second one's."""
    address, job = f"/jobs/{jobs.assigned.pk}/edit", jobs.assigned
    first, second = opened(client, job), opened(client, job)
    assert client.post(address, {**first, "priority": "3", "description": "先\n洗"}).status_code == 302
    assert client.post(address, {**second, "due_on": "2027-01-05"}).status_code == 302
    job.refresh_from_db()
    assert (job.priority, job.description, str(job.due_on)) == (3, "先\n洗", "2027-01-05")


def test_what_both_changed_is_refused_with_both_values_and_saved_when_sent_again(
    client: Client, jobs: Jobs
) -> None:
    """The other's value stands in words beside one's own; sending once more is a decision."""
    address, job = f"/jobs/{jobs.assigned.pk}/edit", jobs.assigned
    second = opened(client, job)
    client.post(address, {**opened(client, job), "description": "先洗", "priority": "3"})
    refused = client.post(address, {**second, "description": "后洗"})
    text = refused.content.decode()
    assert refused.status_code == 422
    assert "先洗" in text
    assert "后洗" in text
    job.refresh_from_db()
    assert (job.description, job.priority) == ("先洗", 3)
    assert client.post(address, form_of(refused)).status_code == 302
    job.refresh_from_db()
    assert (job.description, job.priority) == ("后洗", 3)
