"""What a classifier is worth in another mix of classes than that of the cells it is tested on."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hemoscope.calibration import Prior, read_trust
from hemoscope.predictions import Predictions

RESAMPLES = 1000


def in_the_mix(table: Path, model: Path, asked: str) -> dict[str, Mapping[str, float]]:
    """Shares of right calls among endlessly many cells of an expected mix.

    The mean over classes of the share that is right, each class weighed by how much of it is
    expected; cells of a class are taken to look alike in both mixes. Intervals are 95 %, from
    resamples within each class.

    Args:
        table: Labelled predictions of the model.
        model: The folder with its calibration.
        asked: The mix, as `--prior` takes it.

    Returns:
        "looks" (called by the model alone), "prior" (by the mix as well), and the difference:
        `share`, `low`, `high`; for the first two the recall of each class and, as `as_tested`, the
        share in the table's own mix.
    """
    predictions, trust = Predictions.read(table), read_trust(model)
    prior = Prior.of(asked, predictions.classes, _counts(predictions))
    logits, truth = trust.logits_of(predictions), predictions.truth()
    stated = trust.calibrator.probabilities(logits)
    right = {
        "looks": logits.argmax(1) == truth,
        "prior": prior.apply(stated).argmax(1) == truth,
    }
    weights = (np.array(prior.expected) / prior.fitted)[truth] / len(truth)
    draws = _draws(truth, len(predictions.classes))
    figures: dict[str, Mapping[str, float]] = {}
    for name, hits in right.items():
        recalls = {
            label: float(hits[truth == c].mean()) for c, label in enumerate(predictions.classes)
        }
        own = {"as_tested": float(hits.mean())}
        figures[name] = {**_share(weights * hits, draws), **own, **recalls}
    gained = right["prior"].astype(float) - right["looks"]
    figures["prior - looks"] = _share(weights * gained, draws)
    return figures


def _counts(predictions: Predictions) -> list[int]:
    return np.bincount(predictions.truth(), minlength=len(predictions.classes)).tolist()


def _draws(truth: NDArray[np.intp], classes: int) -> NDArray[np.intp]:
    rng = np.random.default_rng(0)
    rows = [np.flatnonzero(truth == c) for c in range(classes)]
    return np.stack(
        [np.concatenate([rng.choice(each, len(each)) for each in rows]) for _ in range(RESAMPLES)]
    )


def _share(parts: NDArray[np.float64], draws: NDArray[np.intp]) -> dict[str, float]:
    low, high = np.quantile(parts[draws].sum(1), [0.025, 0.975])
    return {"share": float(parts.sum()), "low": float(low), "high": float(high)}
