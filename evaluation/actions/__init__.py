"""Actions of evaluation: a verb a file. Permission first, one transaction, history by triggers."""
