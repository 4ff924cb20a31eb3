"""The checks: each looks at a case and says what is wrong, with a stable code."""

from collections.abc import Callable

from hemoscope.audit.case import Case
from hemoscope.audit.checks.balance import class_balance, groups_per_class, missing_from_split
from hemoscope.audit.checks.contradictions import contradictory_labels
from hemoscope.audit.checks.drift import class_drift, image_drift
from hemoscope.audit.checks.files import (
    blurred,
    extreme_size,
    no_colour,
    saturated,
    unreadable,
    wrong_extension,
)
from hemoscope.audit.checks.label_errors import label_errors
from hemoscope.audit.checks.leakage import given_groups_torn, groups_torn
from hemoscope.audit.checks.relations import exact_duplicates, near_duplicates, overlapping_fields
from hemoscope.audit.checks.shortcuts import second_batch, shortcuts
from hemoscope.audit.finding import Finding

CHECKS: dict[str, Callable[[Case], list[Finding]]] = {
    "CELL001": unreadable,
    "CELL002": wrong_extension,
    "CELL003": extreme_size,
    "CELL004": no_colour,
    "CELL005": saturated,
    "CELL006": blurred,
    "CELL010": exact_duplicates,
    "CELL011": near_duplicates,
    "CELL012": overlapping_fields,
    "CELL013": contradictory_labels,
    "CELL014": label_errors,
    "CELL020": shortcuts,
    "CELL021": second_batch,
    "CELL030": class_balance,
    "CELL031": groups_per_class,
    "CELL032": missing_from_split,
    "CELL033": groups_torn,
    "CELL034": given_groups_torn,
    "CELL040": image_drift,
    "CELL041": class_drift,
}

__all__ = ["CHECKS"]
