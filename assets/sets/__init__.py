"""The one kernel for writes on many assets: plan what is to stand in which columns, say what is refused, then write it.

A `Source` says in SQL what is to become of some assets; `planning.plan` makes a table of it (`set_plan`: one row an
asset, its values afterwards, which verbs that needs, why it is refused), and `writing.write` carries it out within one
batch. Bulk edits and the undoing of batches are sources; imports write through `writing.write_many`. Called inside an
action, which checks permission and opens the transaction (`assets.history.acting`).
"""
