"""The desk's work on assets: jobs, campaigns, inspections due, artworks, plates."""
