"""`manage.py` commands of the catalogue; each file is one command."""
