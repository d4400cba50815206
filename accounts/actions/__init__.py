"""Every write of this room that a page or an API asks for: one verb, one file."""
