"""Observed assets held against declarations."""
