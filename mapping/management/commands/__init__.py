"""`manage.py snapshot`."""
