"""`Comparison`: several models on the same cells."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hemoscope.evaluation.result.evaluation import Evaluation, Settings
from hemoscope.evaluation.result.intervals import Interval
from hemoscope.evaluation.result.plain import plain


@dataclass(frozen=True)
class TrainingRow:
    """A row of the paper's Table 4: training time, test accuracy and final loss.

    Attributes:
        training_seconds: Total training time; None where no history was given.
        training_minutes: The same in minutes.
        test_accuracy: Share of cells called right.
        final_loss: Mean negative log-likelihood on these cells; None where infinite.
    """

    training_seconds: float | None
    training_minutes: float | None
    test_accuracy: float
    final_loss: float | None


@dataclass(frozen=True)
class AccuracyRow:
    """A row of the paper's Table 5, in percent.

    Attributes:
        accuracy_percent: 100 x accuracy.
        f1_percent: 100 x macro F1.
        dataset: The set the cells came from, as the provenance tells; None if it doesn't.
    """

    accuracy_percent: float
    f1_percent: float | None
    dataset: str | None


@dataclass(frozen=True)
class McNemar:
    """McNemar's test on the cells that exactly one of two models called right.

    Attributes:
        only_first_right: Cells that only the first model called right.
        only_second_right: Cells that only the second model called right.
        p: Two-sided p-value.
        p_holm: The same after Holm's correction over all pairs of models.
        method: "exact" (binomial, fewer than 25 such cells) or "chi-squared" (with continuity
            correction).
        statistic: The chi-squared statistic, or the smaller count for the exact test.
    """

    only_first_right: int
    only_second_right: int
    p: float
    p_holm: float
    method: str
    statistic: float


@dataclass(frozen=True)
class DelongResult:
    """DeLong's paired test of two AUCs.

    Attributes:
        first: AUC of the first model.
        second: AUC of the second model.
        difference: first - second.
        interval: Of the difference; None where the variance is 0.
        z: The statistic; None where the variance is 0.
        p: Two-sided p-value; None where the variance is 0.
        p_holm: After Holm's correction: over classes and pairs for the classes, over pairs
            for the macro average.
        reason: Why a value is None.
    """

    first: float | None
    second: float | None
    difference: float | None
    interval: Interval | None
    z: float | None
    p: float | None
    p_holm: float | None
    reason: str | None


@dataclass(frozen=True)
class Difference:
    """Difference of one headline figure between two models, by paired bootstrap.

    Attributes:
        first: The figure of the first model.
        second: The figure of the second model.
        difference: first - second.
        interval: Of the difference, from percentiles of the resampled differences; mirrored (the
            basic bootstrap) for the biased calibration errors. None without bootstrap.
        reason: Why a value is None.
    """

    first: float | None
    second: float | None
    difference: float | None
    interval: Interval | None
    reason: str | None


@dataclass(frozen=True, eq=False)
class PairComparison:
    """Two models against each other, on the same cells.

    Attributes:
        first: Name of the first model.
        second: Name of the second model.
        mcnemar: Test of the accuracies.
        delong: Class name to test of the one-against-rest AUCs.
        delong_macro: Test of the macro AUCs.
        differences: Path of a headline figure to its difference.
    """

    first: str
    second: str
    mcnemar: McNemar
    delong: Mapping[str, DelongResult]
    delong_macro: DelongResult
    differences: Mapping[str, Difference]


@dataclass(frozen=True)
class SeedSpread:
    """A figure over several seeds of one model.

    Attributes:
        mean: Mean.
        sd: Standard deviation (n - 1); None for one seed.
        seeds: Number of seeds.
        values: The figure of each.
    """

    mean: float
    sd: float | None
    seeds: int
    values: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class Comparison:
    """Several models on the same cells.

    Attributes:
        models: Model names, in the order given.
        classes: Class names.
        cells: Number of cells.
        settings: Bins, level, resamples and seed.
        evaluations: Model name to its evaluation. Table 3 of the paper is `per_class`, `macro`
            and `weighted` of each.
        table4: Model name to its row of Table 4.
        table5: Model name to its row of Table 5.
        pairs: Every pair of models.
        seeds: Model name to figure path to its spread over seeds; empty if no seeds are named.
    """

    models: tuple[str, ...]
    classes: tuple[str, ...]
    cells: int
    settings: Settings
    evaluations: Mapping[str, Evaluation]
    table4: Mapping[str, TrainingRow]
    table5: Mapping[str, AccuracyRow]
    pairs: tuple[PairComparison, ...]
    seeds: Mapping[str, Mapping[str, SeedSpread]]

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values; `table3` is written out, the evaluations come without curves."""
        evaluations = {name: e.to_dict(curves=False) for name, e in self.evaluations.items()}
        table3 = {
            name: {key: e[key] for key in ("per_class", "accuracy", "macro", "weighted")}
            for name, e in evaluations.items()
        }
        return {
            "models": list(self.models),
            "classes": list(self.classes),
            "cells": self.cells,
            "settings": plain(self.settings),
            "table3": table3,
            "table4": plain(self.table4),
            "table5": plain(self.table5),
            "pairs": plain(self.pairs),
            "seeds": plain(self.seeds),
            "evaluations": evaluations,
        }
