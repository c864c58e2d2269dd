"""The commands: thin doors."""
