"""Residents without an account: satisfied or not in one tap, report a problem, follow it."""
