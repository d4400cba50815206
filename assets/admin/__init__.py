"""Administration of the catalogue. Everything is written by `assets/actions/`; these pages only ask and show."""

from assets.admin import assets, happenings, lists, runs, supports

__all__ = ["assets", "happenings", "lists", "runs", "supports"]
