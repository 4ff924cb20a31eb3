"""Every headline figure under many weightings of the cells at once.

A bootstrap resample is a weight for each cell. Instead of scoring a thousand resampled tables,
counts and sums are taken under a block of weights by matrix products and running sums, and the
figures follow from those. The keys are the figures' paths in the JSON.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from hemoscope.evaluation import agreement, classification, precision_recall, roc, selective
from hemoscope.evaluation.arrays import Array, Flags, Indices
from hemoscope.evaluation.bins import binned, equal_mass_edges, equal_width_edges
from hemoscope.evaluation.classification import ratio
from hemoscope.evaluation.intervals.resampling import Resampling
from hemoscope.evaluation.ranking import WeightedRanking, rank, rank_pooled
from hemoscope.evaluation.scored import Scored
from hemoscope.evaluation.separation import HISTOGRAM_BINS, histogram_index, jensen_shannon
from hemoscope.evaluation.sharpness import entropies

RATES = (0.01, 0.05)
ERRORS = (0.001, 0.005, 0.01)

RANKED: Mapping[str, Callable[[Array, Array], Array]] = {
    "roc.{}.auc": roc.roc_auc,
    "roc.{}.partial_auc": roc.partial_auc,
    **{
        f"roc.{{}}.sensitivity_at_fpr.{rate}": (
            lambda true, false, rate=rate: roc.sensitivity_at_fpr(true, false, rate)
        )
        for rate in RATES
    },
    "pr.{}.average_precision": precision_recall.average_precision,
    "pr.{}.precision_at_recall.0.9": precision_recall.precision_at_recall,
}
BIASED = ("calibration.ece", "calibration.adaptive_ece", "calibration.classwise_ece")


def resampled_figures(scored: Scored, resampling: Resampling, bins: int) -> dict[str, Array]:
    """Path of each headline figure to its (resamples,) values; nan where it does not exist.

    Args:
        scored: The cells.
        resampling: The plan.
        bins: Calibration bins.
    """
    figures = Headline.of(scored, bins)
    blocks = [figures.under(weights) for weights in resampling.blocks()]
    return {path: np.concatenate([b[path] for b in blocks]) for path in blocks[0]}


def no_resamples(scored: Scored, bins: int) -> dict[str, Array]:
    """Path of each headline figure to no value: which there are, where nothing can be drawn."""
    once = Headline.of(scored, bins).under(np.ones((len(scored), 1)))
    return {path: values[:0] for path, values in once.items()}


@dataclass(frozen=True, eq=False)
class Headline:
    """What need be prepared only once for all resamples.

    Attributes:
        classes: Class names.
        matrix: (C², n) indicator of each cell's place in the confusion matrix.
        rankings: Class name to one-against-rest ranking, only where both sides occur.
        pooled: The ranking of all pairs of cell and class.
        doubt: The ranking of mistakes by confidence.
        features: (n, F) per-cell values whose weighted means are figures.
        feature_paths: The F paths.
        errors: Path to the (bins, n) matrices whose products with the weights are bin gaps.
        histograms: For each class, (2 K, n) indicator of its score's bin, own cells first.
        sure: (n, 4) confidence and indicator, of cells right and of cells wrong.
    """

    classes: tuple[str, ...]
    matrix: csr_array
    rankings: Mapping[str, WeightedRanking]
    pooled: WeightedRanking
    doubt: WeightedRanking
    features: Array
    feature_paths: tuple[str, ...]
    errors: Mapping[str, tuple[csr_array, ...]]
    histograms: tuple[csr_array, ...]
    sure: Array

    @classmethod
    def of(cls, scored: Scored, bins: int) -> "Headline":
        """Prepares the indicators and rankings of the cells."""
        size = len(scored.classes)
        own = scored.truth[:, None] == np.arange(size)
        both = {c: name for c, name in enumerate(scored.classes) if 0 < own[:, c].sum() < len(own)}
        paths, features = _features(scored, own)
        scores = scored.probabilities
        width = equal_width_edges(bins)
        return cls(
            classes=scored.classes,
            matrix=_indicator(scored.truth * size + scored.predicted, size**2),
            rankings={
                name: rank(own[:, c], scores[:, c]).weighable(merge=True)
                for c, name in both.items()
            },
            pooled=rank_pooled(scored.truth, scores).weighable(merge=True),
            doubt=rank(~scored.right, scored.confidence).weighable(merge=False),
            features=features,
            feature_paths=paths,
            errors={
                "calibration.ece": (_gaps(scored.confidence, scored.right, width),),
                "calibration.adaptive_ece": (
                    _gaps(
                        scored.confidence,
                        scored.right,
                        equal_mass_edges(scored.confidence, bins),
                    ),
                ),
                "calibration.classwise_ece": tuple(
                    _gaps(scores[:, c], own[:, c], width) for c in range(size)
                ),
            },
            histograms=tuple(
                _indicator(
                    histogram_index(scores[:, c]) + HISTOGRAM_BINS * ~own[:, c],
                    2 * HISTOGRAM_BINS,
                )
                for c in range(size)
            ),
            sure=_sure(scored),
        )

    def under(self, weights: Array) -> dict[str, Array]:
        """Path of each figure to its (R,) values under (n, R) weights."""
        total = weights.sum(0)
        return {
            **self._from_matrix(weights),
            **self._from_rankings(weights),
            **dict(zip(self.feature_paths, (self.features.T @ weights) / total, strict=True)),
            **{
                path: sum(np.abs(gap @ weights).sum(0) for gap in gaps) / total / len(gaps)
                for path, gaps in self.errors.items()
            },
            **self._confidence(weights),
            **self._selective(weights),
            "separation.mean": self._separation(weights),
        }

    def _from_matrix(self, weights: Array) -> dict[str, Array]:
        size = len(self.classes)
        counts = (self.matrix @ weights).T.reshape(-1, size, size)
        return dict(matrix_figures(counts, self.classes))

    def _from_rankings(self, weights: Array) -> dict[str, Array]:
        places = {f"per_class.{name}": ranking for name, ranking in self.rankings.items()}
        values: dict[str, Array] = {}
        for place, ranking in [*places.items(), ("micro", self.pooled)]:
            true, false = ranking.counts(weights)
            for pattern, figure in RANKED.items():
                values[pattern.format(place)] = figure(true, false)
        for pattern in RANKED if places else ():
            each = np.stack([values[pattern.format(place)] for place in places])
            values[pattern.format("macro")] = each.mean(0)
        return values

    def _confidence(self, weights: Array) -> dict[str, Array]:
        right, rights, wrong, wrongs = self.sure.T @ weights
        right, wrong = ratio(right, rights), ratio(wrong, wrongs)
        prefix = "calibration.confidence"
        return {f"{prefix}.right": right, f"{prefix}.wrong": wrong, f"{prefix}.gap": right - wrong}

    def _selective(self, weights: Array) -> dict[str, Array]:
        wrong, right = self.doubt.counts(weights)
        kept = wrong + right
        return {
            "selective.aurc": selective.aurc(wrong, kept),
            **{
                f"selective.coverage_at_error.{error}": selective.coverage_at_error(
                    wrong, kept, error
                )
                for error in ERRORS
            },
        }

    def _separation(self, weights: Array) -> Array:
        values = []
        for name, histogram in zip(self.classes, self.histograms, strict=True):
            if name in self.rankings:
                counts = histogram @ weights
                values.append(jensen_shannon(counts[:HISTOGRAM_BINS], counts[HISTOGRAM_BINS:]))
        return np.mean(values, axis=0) if values else np.full(weights.shape[1], np.nan)


def matrix_figures(counts: Array, classes: tuple[str, ...]) -> Iterator[tuple[str, Array]]:
    """Path and (…) values of every headline figure that follows from (…, C, C) counts."""
    yield "accuracy", classification.accuracy(counts)
    yield "balanced_accuracy", classification.balanced_accuracy(counts)
    yield "kappa", agreement.kappa(counts)
    yield "mcc", agreement.mcc(counts)
    yield "f1_sd", classification.f1_sd(counts)
    yield (
        "confusion.normalised_mutual_information",
        agreement.normalised_mutual_information(counts),
    )
    for name, figure in CLASS_FIGURES.items():
        values = figure(counts)
        for c, class_name in enumerate(classes):
            yield f"per_class.{class_name}.{name}", values[..., c]
        yield f"macro.{name}", classification.macro(values, counts)
        yield f"weighted.{name}", classification.weighted(values, counts)


CLASS_FIGURES: Mapping[str, Callable[[Array], Array]] = {
    "precision": classification.precision,
    "recall": classification.recall,
    "f1": classification.f1,
    "specificity": classification.specificity,
}


def _features(scored: Scored, own: Flags) -> tuple[tuple[str, ...], Array]:
    squares = (scored.probabilities - own) ** 2
    paths = [f"calibration.per_class.{name}.brier.score" for name in scored.classes]
    columns = {
        "calibration.brier.sum.score": squares.sum(1),
        "calibration.brier.class_mean.score": squares.mean(1),
        "calibration.sharpness.entropy": entropies(scored.probabilities),
        "calibration.confidence.mean": scored.confidence,
    }
    if np.isfinite(scored.loss).all():
        columns["calibration.nll"] = scored.loss
    return (*paths, *columns), np.column_stack([squares, *columns.values()])


def _sure(scored: Scored) -> Array:
    right, confidence = scored.right.astype(np.float64), scored.confidence
    return np.column_stack([right * confidence, right, (1 - right) * confidence, 1 - right])


def _indicator(index: Indices, size: int) -> csr_array:
    """(size, n) with a 1 at (index[i], i)."""
    return _placed(index, np.ones(len(index)), size)


def _gaps(stated: Array, outcome: Flags, edges: Array) -> csr_array:
    """(bins, n) with outcome - stated at (bin of cell, cell)."""
    return _placed(binned(stated, outcome, edges).index, outcome - stated, len(edges) - 1)


def _placed(index: Indices, values: Array, size: int) -> csr_array:
    cells = len(index)
    by_cell = csr_array((values, index, np.arange(cells + 1)), shape=(cells, size))
    return csr_array(by_cell.T)
