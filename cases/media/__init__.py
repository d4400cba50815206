"""Media pieces: the list with its counts, entering one, files in and out."""
