"""`manage.py` commands of field work; each file is one command."""
