"""Every statistic, as a pure function over arrays, and `evaluate`, which gathers them.

`evaluate(predictions)` returns one typed `Evaluation`; `compare(tables)` sets several models on
the same cells side by side. docs/statistics.md defines every figure.
"""
