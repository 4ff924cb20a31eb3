"""Plots (a result in, a figure out) and self-contained HTML reports.

The only room that imports matplotlib.
"""

from hemoscope.reports.errors import ReportError
from hemoscope.reports.history import save_history_figure
from hemoscope.reports.html.classification_report import About, write_classification_report
from hemoscope.reports.html.comparison_report import write_comparison_report
from hemoscope.reports.html.evaluation_report import write_evaluation_report

__all__ = [
    "About",
    "ReportError",
    "save_history_figure",
    "write_classification_report",
    "write_comparison_report",
    "write_evaluation_report",
]
