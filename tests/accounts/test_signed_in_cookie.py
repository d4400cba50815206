"""The cookie that tells the phone page who is signed in."""

import pytest
from django.test import Client

from accounts.models import User
from accounts.signed_in import COOKIE

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed_in(crew: User) -> Client:
    """A browser in which the crew has signed in by the form."""
    crew.set_password("correct horse battery")
    crew.save()
    client = Client()
    client.post("/sign-in/", {"username": crew.username, "password": "correct horse battery"})
    return client


def test_signing_in_says_who(signed_in: Client, crew: User) -> None:
    cookie = signed_in.cookies[COOKIE]
    assert cookie.value == str(crew.pk)
    assert not cookie["httponly"]


def test_signing_out_says_nobody(signed_in: Client) -> None:
    signed_in.post("/sign-out/")
    assert signed_in.cookies[COOKIE].value == ""


def test_the_cookie_opens_nothing(crew: User) -> None:
    client = Client()
    client.cookies[COOKIE] = str(crew.pk)
    assert client.get("/api/field/signed-in").status_code == 401
    assert client.get("/api/legend").status_code == 401


def test_the_server_says_who_is_signed_in(signed_in: Client, crew: User) -> None:
    assert signed_in.get("/api/field/signed-in").json()["id"] == crew.pk
    assert signed_in.get("/api/field/signed-in?x=1").status_code == 400
