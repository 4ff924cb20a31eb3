"""The tables of the comparison report."""

from collections.abc import Sequence

from hemoscope.evaluation.result import Comparison, DelongResult
from hemoscope.reports.html.elements import Table
from hemoscope.reports.names import figure_name
from hemoscope.reports.numbers import (
    NOT_DEFINED,
    count,
    fixed,
    fixed_range,
    interval_name,
    p_value,
)

METRICS = {"precision": "precision", "recall": "recall", "f1": "F1"}


def table3(comparison: Comparison) -> tuple[Table, ...]:
    """Precision, recall and F1 by class, one table each, a column a model (the paper's Table 3)."""
    return tuple(_metric_table(comparison, metric) for metric in METRICS)


def _metric_table(comparison: Comparison, metric: str) -> Table:
    places = {name: f"per_class.{name}" for name in comparison.classes}
    places |= {"macro average": "macro", "weighted average": "weighted"}
    rows = tuple(
        (name, *_values(comparison, f"{place}.{metric}")) for name, place in places.items()
    )
    caption = f"Table 3: {METRICS[metric]} by class"
    return Table(caption, ("Class", *comparison.models), rows, totals=2)


def _values(comparison: Comparison, path: str) -> tuple[str, ...]:
    return tuple(
        fixed(comparison.evaluations[model].estimate(path).value) for model in comparison.models
    )


def table4(comparison: Comparison) -> Table:
    """Training time, test accuracy and loss (the paper's Table 4)."""
    rows = tuple(
        (
            model,
            fixed(row.training_minutes, 2),
            fixed(row.test_accuracy),
            fixed(row.final_loss),
        )
        for model, row in comparison.table4.items()
    )
    header = ("Model", "Training (minutes)", "Test accuracy", "Test loss")
    return Table("Table 4: training time, test accuracy and loss", header, rows)


def table5(comparison: Comparison) -> Table:
    """Accuracy and F1 in percent, with the set they come from (the paper's Table 5)."""
    rows = tuple(
        (
            model,
            f"{row.accuracy_percent:.2f}",
            NOT_DEFINED if row.f1_percent is None else f"{row.f1_percent:.2f}",
            row.dataset or "not told by the predictions table",
        )
        for model, row in comparison.table5.items()
    )
    header = ("Model", "Accuracy (%)", "Macro F1 (%)", "Cells from")
    return Table("Table 5: accuracy and F1", header, rows, words=(0, 3))


def mcnemar_table(comparison: Comparison) -> Table:
    """McNemar's test of every pair."""
    rows = tuple(
        (
            pair.first,
            pair.second,
            count(pair.mcnemar.only_first_right),
            count(pair.mcnemar.only_second_right),
            p_value(pair.mcnemar.p),
            p_value(pair.mcnemar.p_holm),
            pair.mcnemar.method,
        )
        for pair in comparison.pairs
    )
    header = ("First", "Second", "Only first right", "Only second right", "p", "p (Holm)", "Test")
    return Table("McNemar's test of the accuracies", header, rows, words=(0, 1, 6))


def delong_table(comparison: Comparison) -> Table:
    """DeLong's test of every pair: macro average, and each class."""
    rows = []
    for pair in comparison.pairs:
        rows.append((pair.first, pair.second, "macro average", *_delong(pair.delong_macro)))
        rows += [
            (pair.first, pair.second, name, *_delong(result))
            for name, result in pair.delong.items()
        ]
    level = interval_name(comparison.settings.level)
    header = ("First", "Second", "Class", "AUC", "AUC of second", "Difference", level, "p (Holm)")
    return Table(
        "DeLong's paired test of the areas under the curve", header, tuple(rows), words=(0, 1, 2)
    )


def _delong(result: DelongResult) -> tuple[str, ...]:
    return (
        fixed(result.first),
        fixed(result.second),
        _signed(result.difference),
        fixed_range(result.interval) or NOT_DEFINED,
        p_value(result.p_holm),
    )


def differences_table(comparison: Comparison, paths: Sequence[str]) -> Table:
    """Paired differences of the headline figures."""
    rows = tuple(
        (
            figure_name(path),
            pair.first,
            pair.second,
            fixed(difference.first),
            fixed(difference.second),
            _signed(difference.difference),
            fixed_range(difference.interval) or (difference.reason or NOT_DEFINED),
        )
        for path in paths
        for pair in comparison.pairs
        if (difference := pair.differences.get(path)) is not None
    )
    level = interval_name(comparison.settings.level)
    header = ("Figure", "First", "Second", "First's", "Second's", "Difference", level)
    return Table("Differences, first less second", header, rows, words=(0, 1, 2))


def _signed(value: float | None) -> str:
    return NOT_DEFINED if value is None else f"{value:+.4f}"


def seeds_table(comparison: Comparison, paths: Sequence[str]) -> Table:
    """Mean and standard deviation over the seeds of a model."""
    rows = tuple(
        (model, figure_name(path), f"{spread.mean:.4f}", fixed(spread.sd), count(spread.seeds))
        for model, figures in comparison.seeds.items()
        for path in paths
        if (spread := figures.get(path)) is not None
    )
    header = ("Model", "Figure", "Mean", "SD", "Seeds")
    return Table("Over seeds", header, rows, words=(0, 1))
