"""What AI looks like: the catalogue and its language."""
