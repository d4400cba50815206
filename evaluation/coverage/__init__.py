"""Coverage: rules that say how many pieces a place must have, what they come to, and the cases raised from gaps.

From the inside out: `windows` and `counting` are arithmetic on positions; `ground` holds the register in memory, in
metres; `metrics`, `roads` and `upkeep` measure; `computing` writes results; the rest are pages, files, tiles and what
the worker does.
"""
