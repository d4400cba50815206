"""Addresses of signing in and out, and of one's own password."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from accounts.views import OwnPassword, SignIn

urlpatterns = [
    path("sign-in/", SignIn.as_view(), name="sign-in"),
    path("sign-out/", LogoutView.as_view(), name="sign-out"),
    path("password/", OwnPassword.as_view(), name="own-password"),
]
