"""What templates of this room may load."""
