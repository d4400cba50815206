"""What templates of cases ask for."""
