"""Figures: a result goes in; `plot()` gives the drawing and `frame()` the numbers in it."""
