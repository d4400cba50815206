"""The phone: the offline page, what it sends and fetches, and what the office makes of it (docs/field-sync.md)."""
