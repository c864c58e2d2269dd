"""The product: reads, matches, identifies, reconciles, reports."""
