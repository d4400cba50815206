"""Loaded by the process that `places.apart` forks from: Django set up, once, without touching the database."""

import django
from django.apps import apps

if not apps.ready:
    django.setup()
