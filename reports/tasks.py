"""What the worker does for this room: every hour it keeps the figures of days that are over."""

from assets.tasks import also_tidy
from reports.figures.keeping import keep_what_is_missing

also_tidy(keep_what_is_missing)
