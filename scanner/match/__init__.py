"""Which observations are AI, and which service."""
