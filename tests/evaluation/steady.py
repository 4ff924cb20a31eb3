"""Hypothesis without a clock: a busy machine is no failure."""

from hypothesis import settings

steady = settings(deadline=None, max_examples=50)
