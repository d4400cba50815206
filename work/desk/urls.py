"""Addresses of what is written on the map's panel. The pages' scripts ask them; errors are problem details."""

from django.urls import URLPattern, path

from work.desk import choosing, looking, moving, registering, views

urlpatterns: list[URLPattern] = [
    path("desk/new", registering.new_view, name="desk-new"),
    path("desk/place", looking.place_view, name="desk-place"),
    path("desk/position", looking.position_view, name="desk-position"),
    path("desk/choices/<str:field>", choosing.choices_view, name="desk-choices"),
    path("desk/assets/<str:code>/edit", views.edit_view, name="desk-edit"),
    path("desk/assets/<str:code>/move", moving.move_view, name="desk-move"),
    path("desk/assets/<str:code>/<slug:slug>", views.verb_view, name="desk-verb"),
]
