"""Addresses of links for units."""

from django.urls import path

from portal.answer import views

urlpatterns = [
    path("answer/", views.enter, name="answer"),
    path("answer/<uuid:uid>/", views.show, name="answer-case"),
    path("answer/<uuid:uid>/photos/<uuid:photo>/<str:size>", views.photo, name="answer-photo"),
    path("answer/<uuid:uid>/<str:verb>", views.do_verb, name="answer-verb"),
]
