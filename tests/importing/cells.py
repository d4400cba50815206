"""Cells of a ledger as tests give them to what parses a column."""

import math

import numpy as np


def column(*cells):
    array = np.empty(len(cells), dtype=object)
    array[:] = cells
    return array


def value_of(parser, cell, *options):
    """The parsed value of a single cell, or its problem as "!code"."""
    parsed = parser(column(cell), *options)
    if parsed.problems[0] is not None:
        return f"!{parsed.problems[0]}"
    value = parsed.values[0]
    return None if isinstance(value, float) and math.isnan(value) else value
