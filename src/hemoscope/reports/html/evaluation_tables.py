"""The tables of the evaluation report."""

from collections.abc import Sequence

from hemoscope.evaluation.result import Average, BrierFigures, Evaluation
from hemoscope.reports.html.elements import Table
from hemoscope.reports.names import figure_name, method_name
from hemoscope.reports.numbers import (
    NOT_DEFINED,
    count,
    fixed,
    fixed_range,
    interval_name,
    percent,
    with_range,
)

OVERALL = (
    "accuracy",
    "balanced_accuracy",
    "macro.f1",
    "weighted.f1",
    "kappa",
    "mcc",
    "roc.macro.auc",
    "pr.macro.average_precision",
)
CALIBRATION = (
    "calibration.ece",
    "calibration.ece_debiased",
    "calibration.adaptive_ece",
    "calibration.classwise_ece",
    "calibration.mce",
    "calibration.nll",
    "calibration.brier.sum.score",
    "calibration.brier.class_mean.score",
)
LISTED_PAIRS = 10


def report_table(evaluation: Evaluation) -> Table:
    """The classification report."""
    rows = [
        (
            name,
            *(
                with_range(evaluation.estimate(f"per_class.{name}.{metric}"))
                for metric in ("precision", "recall", "f1")
            ),
            fixed(report.specificity),
            count(report.support),
        )
        for name, report in evaluation.per_class.items()
    ]
    averages = (("macro average", evaluation.macro), ("weighted average", evaluation.weighted))
    rows += [_average(name, average) for name, average in averages]
    header = ("Class", "Precision", "Recall", "F1", "Specificity", "Cells")
    return Table("Classification report", header, tuple(rows), totals=2)


def _average(name: str, average: Average) -> tuple[str, ...]:
    figures = (average.precision, average.recall, average.f1, average.specificity)
    return (name, *map(fixed, figures), count(average.support))


def figures_table(evaluation: Evaluation, paths: Sequence[str], caption: str) -> Table:
    """Figures with their intervals and how those were made."""
    rows = []
    for path in paths:
        estimate = evaluation.estimate(path)
        interval = estimate.interval
        method = (estimate.reason or "") if interval is None else method_name(interval.method)
        rows.append(
            (figure_name(path), fixed(estimate.value), fixed_range(interval) or NOT_DEFINED, method)
        )
    header = ("Figure", "Value", interval_name(evaluation.settings.level), "Interval by")
    return Table(caption, header, tuple(rows), words=(0, 3))


def pairs_table(evaluation: Evaluation) -> Table:
    """The most confused pairs of classes."""
    rows = tuple(
        (
            pair.first,
            pair.second,
            count(pair.first_as_second),
            count(pair.second_as_first),
            count(pair.count),
            percent(pair.share),
        )
        for pair in evaluation.confusion.pairs[:LISTED_PAIRS]
    )
    header = ("First", "Second", "First as second", "Second as first", "Both", "Of both classes")
    return Table("Most confused pairs of classes", header, rows, words=(0, 1))


def roc_table(evaluation: Evaluation) -> Table:
    """Areas under the ROC curve and sensitivities."""
    named = {**evaluation.roc.per_class}
    parts = [(name, f"roc.per_class.{name}", figures) for name, figures in named.items()]
    parts += [
        ("micro average", "roc.micro", evaluation.roc.micro),
        ("macro average", "roc.macro", evaluation.roc.macro),
    ]
    rows = tuple(
        (
            name,
            with_range(evaluation.estimate(f"{path}.auc")),
            fixed(figures.partial_auc),
            fixed(figures.sensitivity_at_fpr["0.01"]),
            fixed(figures.sensitivity_at_fpr["0.05"]),
        )
        for name, path, figures in parts
    )
    header = ("Class", "AUC", "Partial AUC to FPR 0.1", "Sensitivity at FPR 0.01", "at FPR 0.05")
    return Table("Receiver operating characteristic", header, rows, totals=2)


def pr_table(evaluation: Evaluation) -> Table:
    """Average precisions and operating points."""
    parts = [(n, f"pr.per_class.{n}", f) for n, f in evaluation.pr.per_class.items()]
    parts += [
        ("micro average", "pr.micro", evaluation.pr.micro),
        ("macro average", "pr.macro", evaluation.pr.macro),
    ]
    rows = tuple(
        (
            name,
            with_range(evaluation.estimate(f"{path}.average_precision")),
            fixed(figures.precision_at_recall.get("0.9")),
            NOT_DEFINED if figures.f1_optimal is None else fixed(figures.f1_optimal.threshold),
            NOT_DEFINED if figures.f1_optimal is None else fixed(figures.f1_optimal.f1),
            NOT_DEFINED if figures.break_even is None else fixed(figures.break_even.precision),
        )
        for name, path, figures in parts
    )
    header = (
        "Class",
        "Average precision",
        "Precision at recall 0.90",
        "Threshold of best F1",
        "Best F1",
        "Break-even",
    )
    return Table("Precision and recall", header, rows, totals=2)


def class_calibration_table(evaluation: Evaluation) -> Table:
    """Calibration of each class's own probability."""
    rows = tuple(
        (
            name,
            fixed(figures.ece),
            fixed(figures.adaptive_ece),
            fixed(figures.mce),
            fixed(figures.ici),
            fixed(figures.brier.score),
            fixed(figures.kl),
        )
        for name, figures in evaluation.calibration.per_class.items()
    )
    header = ("Class", "ECE", "Adaptive ECE", "MCE", "ICI", "Brier", "KL (nats)")
    return Table("Calibration by class, one against the rest", header, rows)


def brier_table(evaluation: Evaluation) -> Table:
    """Murphy's parts of the Brier score, in both ways of putting classes together."""
    brier = evaluation.calibration.brier
    rows = (_brier("sum over classes", brier.sum), _brier("class mean", brier.class_mean))
    header = ("Brier score", "Score", "Reliability", "Resolution", "Uncertainty", "Within bins")
    return Table("Brier score = reliability - resolution + uncertainty + within bins", header, rows)


def _brier(name: str, figures: BrierFigures) -> tuple[str, ...]:
    parts = (
        figures.score,
        figures.reliability,
        figures.resolution,
        figures.uncertainty,
        figures.within_bin,
    )
    return (name, *map(fixed, parts))


def coverage_table(evaluation: Evaluation) -> Table:
    """How many cells can be reported at a given error."""
    rows = tuple(
        (
            f"{100 * float(error):g} %",
            percent(coverage),
            count(evaluation.cells - round(coverage * evaluation.cells)),
        )
        for error, coverage in evaluation.selective.coverage_at_error.items()
    )
    return Table("Coverage", ("Error at most", "Cells reported", "Left to a person"), rows)


def undefined_table(evaluation: Evaluation) -> Table | None:
    """Figures that do not exist for these cells, and why; None if all exist."""
    rows = tuple((path, reason) for path, reason in evaluation.undefined.items())
    return (
        Table("Figures that do not exist here", ("Figure", "Why"), rows, (0, 1)) if rows else None
    )
