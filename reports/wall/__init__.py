"""Walls: a screen that nobody signs in to, with nothing on it that is about anybody."""
