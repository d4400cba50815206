"""What phones fetch: the areas one can take along, the pack of some of them, and what has changed since."""
