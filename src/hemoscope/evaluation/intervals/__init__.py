"""Intervals: Wilson's, Clopper and Pearson's, DeLong's, the bootstrap's, and the binned error's."""
