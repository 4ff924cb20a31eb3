"""Section: the classification report and what else follows from the confusion matrix."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from hemoscope.evaluation.arrays import Counts, Flags
from hemoscope.evaluation.classification import ratio, support
from hemoscope.evaluation.confusion import confused_pairs, error_concentration, error_entropy
from hemoscope.evaluation.headline import CLASS_FIGURES, matrix_figures
from hemoscope.evaluation.intervals.wilson import clustered_wilson_limits, wilson_limits
from hemoscope.evaluation.notes import Notes
from hemoscope.evaluation.result import Average, ClassReport, Confusion, Mistakes
from hemoscope.evaluation.scored import Scored
from hemoscope.predictions import Predictions

CLASS_REASONS = {
    "precision": "no cell was called this class",
    "recall": "no cell is of this class",
    "f1": "no cell is of this class or was called it",
    "specificity": "every cell is of this class",
}
AVERAGE_REASON = "the {} of a class that occurs does not exist (see per_class)"
REASONS = {
    "kappa": "all cells are of one class and were called it, so chance agrees always",
    "mcc": "all cells are of one class, or all were called one class",
    "f1_sd": "fewer than two classes occur",
    "confusion.normalised_mutual_information": "truth and prediction are both constant",
}


def report_section(matrix: Counts, scored: Scored, notes: Notes) -> dict[str, Any]:
    """The fields accuracy … mcc of an `Evaluation`, with Wilson's intervals noted."""
    counts = matrix.astype(np.float64)
    figures = {path: float(value) for path, value in matrix_figures(counts, scored.classes)}
    per_class = {
        name: _class_report(name, int(support(counts)[c]), figures, notes)
        for c, name in enumerate(scored.classes)
    }
    _proportion_intervals(scored, notes)
    scalars = ("accuracy", "balanced_accuracy")
    return {
        **{name: figures[name] for name in scalars},
        **{name: notes.number(name, figures[name], REASONS[name]) for name in FALLIBLE},
        "per_class": per_class,
        "macro": _average("macro", figures, len(scored), notes),
        "weighted": _average("weighted", figures, len(scored), notes),
    }


FALLIBLE = ("kappa", "mcc", "f1_sd")


def confusion_section(
    matrix: Counts, predictions: Predictions, scored: Scored, notes: Notes
) -> Confusion:
    """Matrix, confused pairs, information and the mistakes themselves."""
    counts = matrix.astype(np.float64)
    figures = dict(matrix_figures(counts, scored.classes))
    path = "confusion.normalised_mutual_information"
    entropy = notes.number("confusion.error_entropy", error_entropy(counts), NO_MISTAKES)
    bits = None if entropy is None else entropy / float(np.log(2))
    return Confusion(
        matrix=matrix,
        normalised=ratio(counts, counts.sum(1, keepdims=True)),
        pairs=confused_pairs(matrix, scored.classes),
        normalised_mutual_information=notes.number(path, figures[path], REASONS[path]),
        error_entropy=entropy,
        error_entropy_bits=notes.number("confusion.error_entropy_bits", bits, NO_MISTAKES),
        error_concentration=notes.number(
            "confusion.error_concentration", error_concentration(counts), NO_MISTAKES
        ),
        mistakes=mistakes(predictions, scored),
    )


NO_MISTAKES = "no cell was called wrong"


def mistakes(predictions: Predictions, scored: Scored) -> Mistakes:
    """The cells that were called wrong, the most confident mistake first."""
    rows = np.flatnonzero(~scored.right)
    rows = rows[np.argsort(-scored.confidence[rows], kind="stable")]
    names = np.array(scored.classes, dtype=object)
    return Mistakes(
        count=len(rows),
        rows=rows,
        paths=predictions.paths[rows],
        truth=names[scored.truth[rows]],
        predicted=names[scored.predicted[rows]],
        confidence=scored.confidence[rows],
        probability_of_truth=scored.probabilities[rows, scored.truth[rows]],
    )


def _class_report(name: str, cells: int, figures: Mapping[str, float], notes: Notes) -> ClassReport:
    values = {
        figure: notes.number(
            f"per_class.{name}.{figure}", figures[f"per_class.{name}.{figure}"], reason
        )
        for figure, reason in CLASS_REASONS.items()
    }
    return ClassReport(**values, support=cells)


def _average(kind: str, figures: Mapping[str, float], cells: int, notes: Notes) -> Average:
    values = {
        figure: notes.number(
            f"{kind}.{figure}", figures[f"{kind}.{figure}"], AVERAGE_REASON.format(figure)
        )
        for figure in CLASS_FIGURES
    }
    return Average(**values, support=cells)


def _proportion_intervals(scored: Scored, notes: Notes) -> None:
    everywhere = np.ones(len(scored), bool)
    _proportion("accuracy", scored.right, everywhere, scored, notes)
    for c, name in enumerate(scored.classes):
        own, called = scored.truth == c, scored.predicted == c
        place = f"per_class.{name}"
        _proportion(f"{place}.precision", own & called, called, scored, notes)
        _proportion(f"{place}.recall", own & called, own, scored, notes)
        _proportion(f"{place}.specificity", ~own & ~called, ~own, scored, notes)


def _proportion(path: str, success: Flags, trial: Flags, scored: Scored, notes: Notes) -> None:
    if path in notes.undefined:
        return
    level = notes.settings.level
    if scored.groups is not None:
        limits = clustered_wilson_limits(success, trial, scored.groups, level)
        notes.interval(path, limits, "wilson-grouped")
        return
    low, high = wilson_limits(success.sum(), trial.sum(), level)
    notes.interval(path, (float(low), float(high)), "wilson")
