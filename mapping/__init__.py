"""Seen: tiles, map and list pages, exports, the folium snapshot."""
