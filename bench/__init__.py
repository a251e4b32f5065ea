"""Measurements: ours and the rival in the same run, printed as ratios. ``make bench``."""
