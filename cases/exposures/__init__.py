"""Exposures: the list, proposing one, deciding on it, looking again."""
