"""One's own tokens for programs, with recipes; the data itself is in `mapping`."""
