"""QR plates: sheets to print, and what opens when somebody points a telephone at one."""
