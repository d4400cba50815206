"""What is done with ledgers and by them, a verb a file."""
