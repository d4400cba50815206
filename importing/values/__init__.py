"""Parsing the cells of a ledger: each parser takes a column and answers with values and problems.

Every parser takes the object array of a `Table`'s column and works through it once for each different text. It
never raises for what a cell holds: the answer is a `Parsed` (or a named tuple of several columns) whose
`problems` are None, a key of `SENTENCES` (the cell could not be read) or a key of `DOUBTS` (it was read and says
too little). Words for nothing ("无", "-", "/") are empty cells.
"""

from importing.values.coordinates import Pairs, parse_coordinate, parse_coordinate_pair
from importing.values.dates import parse_date, parse_datetime
from importing.values.numbers import (
    METRES,
    Sizes,
    parse_facing,
    parse_integer,
    parse_length,
    parse_number,
    parse_size,
)
from importing.values.parsed import DOUBTS, SENTENCES, Parsed
from importing.values.words import (
    CONDITION_WORDS,
    LIFECYCLE_WORDS,
    Contacts,
    parse_boolean,
    parse_choice,
    parse_contact,
    parse_credit_code,
    parse_dialled,
    parse_identifier,
    parse_label,
    parse_list,
    parse_telephone,
    parse_text,
)

__all__ = [
    "CONDITION_WORDS",
    "DOUBTS",
    "LIFECYCLE_WORDS",
    "METRES",
    "SENTENCES",
    "Contacts",
    "Pairs",
    "Parsed",
    "Sizes",
    "parse_boolean",
    "parse_choice",
    "parse_contact",
    "parse_coordinate",
    "parse_coordinate_pair",
    "parse_credit_code",
    "parse_date",
    "parse_datetime",
    "parse_dialled",
    "parse_facing",
    "parse_identifier",
    "parse_integer",
    "parse_label",
    "parse_length",
    "parse_list",
    "parse_number",
    "parse_size",
    "parse_telephone",
    "parse_text",
]
