"""The definitions and bounds themselves, as pure functions of numbers.

Nothing here knows the paper: `hemoscope.claims.checks` brings its numbers.
"""
