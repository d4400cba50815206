"""Artworks for the office: which are out of date, where they hang, and replacing one everywhere."""
