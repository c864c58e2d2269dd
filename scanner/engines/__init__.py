"""Where scan_range runs."""
