"""What was found, in the forms people read."""
