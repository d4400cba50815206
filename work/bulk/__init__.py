"""Bulk edit: the same change for all that a filter leaves, with a preview before and an undoing after."""
