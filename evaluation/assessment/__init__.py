"""What is measured becomes a score: schemes, monthly sheets, lists of honour and concern, appeals, bulletins."""
