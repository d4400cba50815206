"""Rounds for the desk and for phones: what stands at a site, what is to be visited, pages and files."""
