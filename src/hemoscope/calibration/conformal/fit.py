"""`conformalise`: validation predictions in, `ConformalSets` out."""

import numpy as np
from scipy.special import softmax

from hemoscope.calibration.arrays import scores_of
from hemoscope.calibration.conformal.quantile import conformal_quantile
from hemoscope.calibration.conformal.scores import Lac, Score
from hemoscope.calibration.conformal.sets import ConformalSets, draw
from hemoscope.calibration.errors import CalibrationError
from hemoscope.calibration.folds import one_per_group
from hemoscope.errors import UsageError
from hemoscope.predictions import Predictions

LAC = Lac()


def conformalise(
    predictions: Predictions,
    alpha: float,
    *,
    score: Score = LAC,
    class_conditional: bool = False,
    randomised: bool = False,
    with_top: bool = True,
    seed: int = 0,
) -> ConformalSets:
    """Fits split conformal sets (Vovk, Gammerman and Shafer 2005).

    A new cell's set holds its true class with probability at least 1 - alpha, over the draw of
    these cells and the new one, if they are exchangeable. With groups, one random cell of each is
    used, and the new cell is one of a new group.

    Args:
        predictions: Labelled cells that the model never learned from.
        alpha: Share of cells whose set may miss the true class, in (0, 1).
        score: The score of nonconformity.
        class_conditional: Fit a threshold for each class, so that the level holds within each. A
            class of fewer than 1 / alpha - 1 cells is then in every set.
        randomised: Use a random share of each class's own probability (APS, RAPS).
        with_top: Put the most probable class in every set.
        seed: Seed of the draws.

    Raises:
        UsageError: alpha is out of range.
        PredictionsError: The table has no labels.
        CalibrationError: There are no cells, or they are calibrated already.
    """
    if not 0 < alpha < 1:
        raise UsageError(f"alpha is {alpha}; it is a share between 0 and 1, such as 0.05.")
    if len(predictions) == 0:
        raise CalibrationError("the predictions table has no cells to fit prediction sets on.")
    chosen = one_per_group(predictions, seed)
    truth, logits = chosen.truth(), scores_of(chosen)
    stated = softmax(logits, axis=1)
    uniforms = draw(logits, randomised, np.random.default_rng(seed))
    own = score.of(stated, uniforms)[np.arange(len(truth)), truth]
    size = len(predictions.classes)
    by_class = [own[truth == c] if class_conditional else own for c in range(size)]
    return ConformalSets(
        score=score,
        alpha=alpha,
        thresholds=tuple(conformal_quantile(scores, alpha) for scores in by_class),
        class_conditional=class_conditional,
        randomised=randomised,
        with_top=with_top,
        cells=tuple(len(scores) for scores in by_class),
    )
