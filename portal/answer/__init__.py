"""A unit without an account answers for one case, by the link it was sent."""
