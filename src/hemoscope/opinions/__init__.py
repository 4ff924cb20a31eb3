"""What a classifier said of images, without the classifier: kept, written as tables, gathered.

Opinion ─▶ Journal (append-only, on disk) ─▶ tables (CSV, Parquet, JSON lines), predictions
                                          ─▶ Findings (bounded), for the report
"""

from hemoscope.opinions.class_counts import ClassCounts
from hemoscope.opinions.findings import PICTURES, Findings, gather
from hemoscope.opinions.journal import Journal, JournalError, JournalHeader
from hemoscope.opinions.opinion import Opinion
from hemoscope.opinions.predictions_table import write_predictions
from hemoscope.opinions.second_look import SecondLook
from hemoscope.opinions.tables import FORMS, Form, remove_other_forms, write_cells

__all__ = [
    "FORMS",
    "PICTURES",
    "ClassCounts",
    "Findings",
    "Form",
    "Journal",
    "JournalError",
    "JournalHeader",
    "Opinion",
    "SecondLook",
    "gather",
    "remove_other_forms",
    "write_cells",
    "write_predictions",
]
