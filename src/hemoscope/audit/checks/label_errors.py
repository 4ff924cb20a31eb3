"""CELL014: labels that a model, which never saw the cell, disagrees with confidently."""

import numpy as np
import pandas as pd

from hemoscope.audit.case import Case
from hemoscope.audit.extra import cleanlab_filter
from hemoscope.audit.finding import Finding, Severity


def label_errors(case: Case) -> list[Finding]:
    """CELL014: likely label errors, by confident learning (Northcutt et al. 2021; cleanlab).

    The predictions must be out of sample: a model has learnt the labels of its training cells,
    the wrong ones too.

    Raises:
        MissingExtraError: There are predictions, and cleanlab is not installed.
    """
    predictions = case.predictions
    if predictions is None or predictions.labels is None:
        return []
    truth = predictions.truth()
    present = np.unique(truth)
    if len(present) < 2:
        return []
    kept = predictions.probabilities[:, present]
    kept = kept / np.maximum(kept.sum(axis=1, keepdims=True), 1e-12)
    ranked = cleanlab_filter().find_label_issues(
        np.searchsorted(present, truth),
        kept,
        return_indices_ranked_by="self_confidence",
        n_jobs=1,
    )
    rows = np.asarray(ranked, dtype=np.intp)
    if len(rows) == 0:
        return []
    names = np.array(predictions.classes, dtype=object)
    evidence = pd.DataFrame(
        {
            "path": predictions.paths[rows],
            "label": predictions.labels[rows],
            "suggested": names[predictions.predicted[rows]],
            "probability_of_label": predictions.probabilities[rows, truth[rows]],
            "probability_of_suggested": predictions.confidence[rows],
        }
    )
    return [
        Finding(
            "CELL014",
            Severity.WARNING,
            "Likely label errors",
            f"{len(rows)} of {len(predictions)} labels are probably wrong, by what a model says "
            "that did not see those cells; the likeliest come first.",
            "Have an expert look at them, from the top. Correct none on the model's word alone.",
            evidence,
            {"cells": len(rows), "of": len(predictions)},
        )
    ]
