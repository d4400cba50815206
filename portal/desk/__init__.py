"""The desk's pages: what residents said, and what of the cases is shown to everybody."""
