"""The declared inventory, in the forms people keep it."""
