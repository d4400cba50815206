"""From an office's ledger to the catalogue: read the file, map its columns, check its rows, apply them.

`reading` turns a file of any kind into one columnar `Table`; `headers` guesses which column means what;
`values` parses cells; `positions` judges coordinates. These four know neither models nor database and can be
used without them.
"""
