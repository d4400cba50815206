"""What rooms further left want to hear about places; sent by this room, which knows nothing of them."""

from django.dispatch import Signal

# An area's boundary was added, changed or taken away. Arguments: `area`, and `user` (None for commands).
boundary_changed = Signal()
