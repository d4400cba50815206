"""What: the catalogue, its condition and maintenance history; its fields and filter; importing."""
