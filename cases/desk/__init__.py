"""The pages of cases: list, one case with what may be done next, reporting."""
