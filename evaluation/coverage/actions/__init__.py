"""What is written about coverage: rules imported and changed, cases raised from gaps."""
