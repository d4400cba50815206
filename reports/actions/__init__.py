"""The few writes of this room: addresses of walls."""
