"""Synthetic blood cells, drawn from numbers."""
