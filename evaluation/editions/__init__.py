"""Editions of the handbook: read from a file, shown, edited, copied."""
