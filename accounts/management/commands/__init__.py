"""`manage.py` commands of the accounts; each file is one command."""
