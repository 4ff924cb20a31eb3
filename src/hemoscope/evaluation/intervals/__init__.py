"""Intervals: Wilson's, DeLong's, the bootstrap's, and one for the calibration error."""
