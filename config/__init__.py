"""Settings, the root address table and the server's entry point: the leftmost room."""
