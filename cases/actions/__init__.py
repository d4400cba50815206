"""What is done to cases, their rules and their calendar: one verb a file, permission first, one transaction."""
