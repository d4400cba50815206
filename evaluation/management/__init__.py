"""Commands of the room `portal`."""
