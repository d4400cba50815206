"""The one write path (docs/design.md): each verb a file; pages, admin, API, importer and phone all come through here.

An action takes the actor first, checks permission, validates, and writes in one transaction inside `acting`, so that
history knows who and from where. It raises PermissionDenied, or ValidationError naming the fields.
"""
