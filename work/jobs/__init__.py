"""Maintenance jobs for the office: board, list, one job, planning many, campaigns, costs, work-order sheets."""
