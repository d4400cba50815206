"""The card behind a plate's QR code."""
