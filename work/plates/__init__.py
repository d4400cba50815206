"""QR plates: sheets to print. What opens when somebody points a telephone at one is in the portal."""
