"""What stood at the end of each day, kept by the worker: everything of the past that is more than one fact."""
