"""Recurring inspections: what is due, where, and handing it to crews."""
