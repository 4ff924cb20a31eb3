"""CELL014: labels that a model, which never saw the cell, disagrees with confidently."""

from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hemoscope.audit.case import Case
from hemoscope.audit.extra import cleanlab_filter
from hemoscope.audit.finding import Finding, Severity
from hemoscope.cells import CellTable
from hemoscope.errors import HemoscopeError
from hemoscope.predictions import Predictions


def judged_cells(predictions: Predictions, table: CellTable) -> Predictions:
    """The predictions of a set's cells, matched by path, with the labels that the set gives them.

    Cells whose label the model does not know are left out. Where the set has no labels, those of
    the predictions stay.

    Raises:
        HemoscopeError: No path fits, there are no labels, or the model knows none of them.
    """
    labels = predictions.labels if table.labels is None else table.labels
    if labels is None:
        raise HemoscopeError(
            "--predictions is to find label errors, and neither SOURCE nor the predictions have "
            "labels. Add a column 'label' to SOURCE, or leave out --predictions."
        )
    known = set(table.paths)
    given = dict(
        zip(predictions.paths if table.labels is None else table.paths, labels, strict=True)
    )
    found = [row for row, path in enumerate(predictions.paths) if path in known]
    if not found:
        raise HemoscopeError(
            f"no cell of the predictions stands in SOURCE: they have {_first(predictions.paths)}, "
            f"and SOURCE has {_first(table.paths)}. Make them of this SOURCE: hemoscope predict "
            "SOURCE."
        )
    rows = [row for row in found if given[predictions.paths[row]] in predictions.classes]
    if not rows:
        raise HemoscopeError(
            f"the predictions know {', '.join(predictions.classes)}, and none of the labels in "
            "SOURCE. Name the classes alike, or leave out --predictions."
        )
    judged = predictions.take(rows)
    return replace(judged, labels=np.array([given[path] for path in judged.paths], dtype=object))


def _first(paths: NDArray[np.object_]) -> str:
    return repr(str(paths[0])) if len(paths) else "none"


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
