"""Plots (a result in, a figure out) and self-contained HTML reports.

The only room that imports matplotlib.
"""
