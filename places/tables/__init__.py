"""Tables of files that are not ours: columns of cells as they stand there, and what a reader noticed."""
