"""Patrols: what is drawn, who was where, what nobody visited, whose hours count; and their pages."""
