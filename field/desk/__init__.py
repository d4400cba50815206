"""The office's pages about field work: what must be decided, what crews did, their phones, files to rescue.

They lie at /fieldwork/, outside /field/, whose service worker must never keep a page with anybody's data.
"""
