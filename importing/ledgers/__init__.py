"""Importing in the browser, /import/: an office's ledger from the upload to the report, and back again.

`uploads` takes the file, `pages` shows the step a ledger stands at and takes the answers, `api` says how far the worker
is, `tiles` draws the rows, `downloads` hands out workbooks, `showing` puts rows into words. What is written is written
by the actions of `assets`.
"""
