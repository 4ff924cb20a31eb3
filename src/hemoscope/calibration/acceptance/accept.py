"""`accept`: how sure a model must be of a cell that no person looks at.

Learn-then-test (Angelopoulos, Bates, Candès, Jordan and Lei 2021). Every threshold stands for a
hypothesis, "the error among the cells accepted here is above the limit", which an exact binomial
test may reject. Thresholds are tested in an order that was fixed before, from strict to loose, up
to the first that cannot be rejected: in a fixed order no correction for their number is needed.
A fifth of the cells, the scouts, is spent on choosing the order and takes no part in the tests.
"""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import ArrayLike
from pydantic import Field
from scipy.special import softmax

from hemoscope.calibration.acceptance.binomial import cells_needed, error_p_value
from hemoscope.calibration.acceptance.order import testing_order
from hemoscope.calibration.arrays import Array, Flags, scores_of
from hemoscope.calibration.folds import deal, one_per_group
from hemoscope.errors import UsageError
from hemoscope.predictions import Predictions

PARTS = 5  # one of them are the scouts
Share = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=0)]


@dataclass(frozen=True)
class Acceptance:
    """A threshold on the model's own confidence, or the reason why there is none.

    Attributes:
        max_error: The error rate among accepted cells that is not to be exceeded.
        confidence: Probability that it is not, over the draw of the validation cells.
        threshold: Cells with a softmax of at least this are accepted; None: none could be
            certified, and no cell is accepted.
        scouts: Cells that chose the order of testing.
        tested: Cells that the thresholds were tested on.
        accepted: Tested cells at or above the threshold; above the first one tested if there is
            none.
        errors: Wrong calls among those.
        error_limit: Upper limit of the error rate among accepted cells, at `confidence`.
    """

    max_error: Annotated[float, Field(gt=0, lt=1)]
    confidence: Annotated[float, Field(gt=0, lt=1)]
    threshold: Share | None
    scouts: Count
    tested: Count
    accepted: Count
    errors: Count
    error_limit: Share

    def accepts(self, logits: ArrayLike) -> Flags:
        """(n,) which cells may be reported without a person; none without a threshold."""
        stated = softmax(np.asarray(logits, np.float64), axis=1).max(1)
        if self.threshold is None:
            return np.zeros(len(stated), bool)
        return stated >= self.threshold

    def describe(self) -> str:
        """What was shown, or why nothing could be and how many cells it would take."""
        goal = f"an error of at most {100 * self.max_error:g} %"
        sure = f"{100 * self.confidence:g} % confidence"
        seen = f"{self.errors:,} of the {self.accepted:,} surest tested cells were called wrong"
        if self.threshold is not None:
            return (
                f"{goal} among accepted cells holds at {sure}: cells of a confidence of "
                f"{_confidence(self.threshold)} or more are accepted; {seen}."
            )
        return f"no threshold can be certified for {goal} at {sure}. {self._shortfall(seen)}"

    def _shortfall(self, seen: str) -> str:
        least = cells_needed(self.max_error, self.confidence)
        table = -(-least * PARTS // (PARTS - 1))
        if self.tested < least:
            return (
                f"It takes at least {least:,} accepted cells without a single error, and "
                f"{self.tested:,} could be tested. Use a table of {table:,} cells or more "
                "(a fifth of them chooses where testing begins), or allow a larger error."
            )
        with_errors = cells_needed(self.max_error, self.confidence, self.errors)
        return (
            f"Here {seen}; with that many errors it takes {with_errors:,} accepted cells. Allow a "
            "larger error, use more cells, or a better model."
        )


def accept(
    predictions: Predictions, max_error: float, confidence: float = 0.95, *, seed: int = 0
) -> Acceptance:
    """Finds the loosest threshold with P(error among accepted ≤ max_error) ≥ confidence.

    The probability is over the draw of the validation cells, which must be independent draws of
    the cells to come; nothing is assumed of the model. With groups, one random cell of each is
    used.

    Args:
        predictions: Labelled cells that the model never learned from.
        max_error: In (0, 1).
        confidence: In (0, 1).
        seed: Seed of the choice of the scouts.

    Raises:
        UsageError: A rate is out of range.
        PredictionsError: The table has no labels.
        CalibrationError: There are fewer than five cells (or groups), or they are calibrated.
    """
    from hemoscope.evaluation.intervals.exact import upper_limit  # noqa: PLC0415 (reading a calibration needs none of it)

    for name, value, usual in (("max_error", max_error, 0.005), ("confidence", confidence, 0.95)):
        if not 0 < value < 1:
            raise UsageError(f"{name} is {value}; it is a share between 0 and 1, such as {usual}.")
    chosen = one_per_group(predictions, seed)
    logits, truth = scores_of(chosen), chosen.truth()
    scout = deal(truth, None, PARTS, seed) == 0
    tested = int((~scout).sum())
    order = testing_order(logits[scout], truth[scout], tested, max_error)
    stated = softmax(logits[~scout], axis=1)
    wrong = stated.argmax(1) != truth[~scout]
    threshold = _last_certified(order, stated.max(1), wrong, max_error, 1 - confidence)
    taken = stated.max(1) >= (order[0] if threshold is None else threshold)
    accepted, errors = int(taken.sum()), int(wrong[taken].sum())
    return Acceptance(
        max_error=max_error,
        confidence=confidence,
        threshold=threshold,
        scouts=int(scout.sum()),
        tested=tested,
        accepted=accepted,
        errors=errors,
        error_limit=upper_limit(errors, accepted, confidence),
    )


def _last_certified(
    order: Array, stated: Array, wrong: Flags, max_error: float, significance: float
) -> float | None:
    """The last threshold before the first that is not rejected; None if that is the first."""
    certified = None
    for threshold in order:
        taken = stated >= threshold
        if not taken.any() or (
            error_p_value(wrong[taken].sum(), taken.sum(), max_error) > significance
        ):
            break
        certified = float(threshold)
    return certified


def _confidence(threshold: float) -> str:
    """Six digits, or as many as tell it from certainty."""
    short = f"{threshold:.6g}"
    return repr(threshold) if short == "1" else short
