"""Campaigns: the list, one with its progress by street, what hangs for it, and what belongs to it."""
