"""What is decided about phones and what they sent: each verb a file, like `assets/actions/`."""
