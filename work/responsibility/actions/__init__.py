"""What can be done to rows of responsibility, one verb a file."""
