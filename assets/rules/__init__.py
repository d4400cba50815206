"""The rules of an asset, each written once in every form that needs it: Python for a row in hand, ORM and SQL for many.

Actions, filters, fields, imports, undoing and pages take them from here; tests/assets/rules holds the forms together.
"""
