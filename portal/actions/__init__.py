"""What residents do, each a verb."""
