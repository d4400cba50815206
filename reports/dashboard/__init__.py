"""The dashboard: how things went, under the one filter, each chart with its table."""
