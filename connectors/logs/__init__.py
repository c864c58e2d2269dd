"""Logs of other products, read by format files."""
