"""What is done in the assessment of streets, one verb a file."""
