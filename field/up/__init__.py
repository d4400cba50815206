"""What phones send: operations read, applied, held or refused, each once; photos arriving in pieces."""
