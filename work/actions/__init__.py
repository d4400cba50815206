"""Jobs planned and taken on by the hundred, a verb a file; single ones are in `assets.actions`."""
