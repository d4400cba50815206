"""Files of what a filter leaves."""
