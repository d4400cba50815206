"""What keeps a base map from being built, in one sentence for the operator."""


class BasemapError(Exception):
    """The base map cannot be built or read; `str()` says why, in the language that was active."""
