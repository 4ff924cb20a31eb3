"""`Trust`: all that turns a model's logits into an opinion that can be relied on."""

from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike

from hemoscope.calibration.acceptance import Acceptance
from hemoscope.calibration.arrays import Array, Indices, refuse_not_finite, scores_of
from hemoscope.calibration.class_means import ClassMeans
from hemoscope.calibration.conformal import ConformalSets
from hemoscope.calibration.differential import (
    LEVEL,
    Confusion,
    Differential,
    Tally,
    count_cells,
)
from hemoscope.calibration.errors import CalibrationError
from hemoscope.calibration.fitted import FittedCalibrator
from hemoscope.calibration.judgement import Doubts, Judgement
from hemoscope.calibration.prior import Prior
from hemoscope.calibration.source_shift import SourceShift
from hemoscope.calibration.unknown_score import UnknownScore
from hemoscope.cell_set import PROVENANCE_KEY
from hemoscope.predictions import Predictions


@dataclass(frozen=True)
class Trust:
    """A calibrator, and what decides which cells a person must look at.

    Probabilities are calibrated; sets, acceptance and the unknown-cell score go by the model's own
    logits, which the validation cells had no part in making. So none of them depends on another.

    Attributes:
        calibrator: Makes the probabilities.
        conformal: Makes the sets; None: there are none.
        acceptance: Decides which cells are accepted; None: no cell is.
        unknown: Finds cells of none of the classes; None: they are not looked for.
        confusion: How the model confuses classes, for the differential; None: not counted.
        means: Mean logits of each class, for `adapted_to`; None: it cannot be adapted.
        prior: The mix of classes that is expected; None: that of the fitting cells.
        shift: How the cells' source shifts the logits; None: not at all. Neither prior nor shift is
            written to disk.
    """

    calibrator: FittedCalibrator
    conformal: ConformalSets | None = None
    acceptance: Acceptance | None = None
    unknown: UnknownScore | None = None
    confusion: Confusion | None = None
    means: ClassMeans | None = None
    prior: Prior | None = None
    shift: SourceShift | None = None

    @property
    def classes(self) -> tuple[str, ...]:
        """The class names, in the order of the logits."""
        return self.calibrator.classes

    def with_prior(self, asked: str | None) -> Self:
        """The same for another mix of classes.

        It weighs the probabilities, and by them may call a cell otherwise; such a cell is never
        accepted. Sets, the threshold of acceptance and the score for unknown cells go by the
        model's own opinion, and so does the differential, whose method allows for any mix already.

        Args:
            asked: As `Prior.of` takes it; None: as it is.

        Raises:
            UsageError: As `Prior.of`.
            CalibrationError: The calibration does not tell how many cells of each class it was
                fitted on.
        """
        if asked is None:
            return self
        if self.confusion is None:
            raise CalibrationError(
                "this calibration does not tell how many cells of each class it was fitted on, so "
                "no other mix can be put in its place. Fit it again with `hemoscope calibrate`."
            )
        counts = self.confusion.array().sum(1).tolist()
        return replace(self, prior=Prior.of(asked, self.classes, counts))

    def adapted_to(self, logits: ArrayLike) -> Self:
        """The same for cells of another source, of which some are at hand, without labels.

        The shift that they show (`SourceShift`) is taken from every cell's logits before they
        become probabilities and calls. A cell that is called otherwise by that is never accepted.
        Sets, the threshold of acceptance and the score for unknown cells go by the model's own
        opinion, as they do with a prior. The shift is learned without the prior, whether there is
        one or not: together they would talk each other into a folder full of what is expected.

        Args:
            logits: (n, C) of some cells of the source, a few dozen at least; of no cell: as it is.

        Raises:
            CalibrationError: The calibration does not tell the mean logits of its classes, or the
                logits have another number of classes, or are not finite.
        """
        if self.means is None:
            raise CalibrationError(
                "this calibration does not tell where the logits of each class lie, so it cannot "
                "be adapted to another source. Fit it again with `hemoscope calibrate`."
            )
        scores = self._checked(logits)
        if not len(scores):
            return self
        shift = SourceShift.learn(scores, self.means, self.calibrator.probabilities)
        return replace(self, shift=shift)

    def _shown(self, scores: Array) -> Array:
        """(n, C) logits without what the cells' source does to them."""
        return scores if self.shift is None else self.shift.apply(scores)

    def judge(self, logits: ArrayLike, features: ArrayLike | None = None) -> Judgement:
        """Says what each cell is, how sure that is, and whether a person must look.

        A cell is accepted if the model's confidence reaches the certified threshold, it does not
        look unknown, and neither prior nor shift calls it otherwise than the model itself. What is
        certified is the error among the cells that reach the threshold. Where a share f of these is
        taken out, the error among those left may be higher, by at most 1 / (1 - f). Both speak of
        cells of the known classes, in the mix of the validation cells.

        Args:
            logits: (n, C), of the model that the calibration was fitted for.
            features: (n, F) pooled features, where the unknown-cell score needs them.

        Raises:
            CalibrationError: The logits have another number of classes, or are not finite.
        """
        scores = self._checked(logits)
        sets = None if self.conformal is None else self.conformal.sets(scores)
        sure = np.zeros(len(scores), bool)
        if self.acceptance is not None:
            sure = self.acceptance.accepts(scores)
        strangeness = unknown = None
        if self.unknown is not None:
            known_by = None if features is None else np.asarray(features)
            strangeness = self.unknown.score(scores, known_by)
            unknown = strangeness > self.unknown.threshold
        shown = self._shown(scores)
        probabilities, own = self.calibrator.probabilities(shown), shown.argmax(1)
        predicted, plain = own, scores.argmax(1)
        if self.prior is not None:
            probabilities, predicted = _weighed(self.prior, probabilities, own)
        weighed = self.prior is not None or self.shift is not None
        if sets is not None and weighed:  # what is called belongs to what is likely
            sets[np.arange(len(sets)), predicted] = True
        accepted = sure & (predicted == plain)
        if unknown is not None:
            accepted &= ~unknown
        certified = self.acceptance is not None and self.acceptance.threshold is not None
        doubts = Doubts(
            self.classes, probabilities, predicted, own, plain, sets, accepted, unknown, certified
        )
        return Judgement(
            classes=self.classes,
            probabilities=probabilities,
            predicted=predicted,
            own=own,
            sets=sets,
            accepted=accepted,
            unknown_score=strangeness,
            unknown=unknown,
            reasons=tuple(doubts.reasons()),
        )

    def differential(
        self,
        cells: Judgement | ArrayLike,
        *,
        exact: ArrayLike | None = None,
        level: float = LEVEL,
        seed: int = 0,
    ) -> Differential:
        """The differential of judged cells, with limits for counting and for wrong calls.

        It goes by the model's own calls, with a source's shift taken out, whatever the prior: that
        those depend on the mix of the validation cells is what the method allows for.

        Args:
            cells: A judgement, whose cells that look unknown are not counted; or (C,) cells that
                the model called each class.
            exact: (C,) further cells that a person named. A cell that a person named must not be
                among `cells` too.
            level: Of the limits, in (0, 1).
            seed: Of the draws that the limits are made of.

        Raises:
            CalibrationError: The calibration has no confusion counts, or the counts are none.
            UsageError: The level is out of range.
        """
        if self.confusion is None:
            raise CalibrationError(
                "this calibration has no confusion counts, which the differential's limits need. "
                "Fit it again with `hemoscope calibrate`."
            )
        called, unknown = cells, 0
        if isinstance(cells, Judgement):
            known = np.ones(len(cells), bool) if cells.unknown is None else ~cells.unknown
            called = np.bincount(cells.own[known], minlength=len(self.classes))
            unknown = int((~known).sum())
        tally = Tally.of(called, exact, len(self.classes), unknown)  # pyright: ignore[reportArgumentType]
        return count_cells(self.classes, tally, self.confusion, level=level, seed=seed)

    def apply(self, predictions: Predictions) -> Predictions:
        """The table with calibrated probabilities, by prior and shift where given, as logits log p.

        Its provenance tells the method and the fitting cells, so that `evaluate` can refuse them,
        and keeps it from being calibrated twice.

        Raises:
            CalibrationError: The classes differ, or the table is calibrated already.
        """
        scores = self.logits_of(predictions)
        shown = self._shown(scores)
        calibration: dict[str, Any] = {
            "method": self.calibrator.method,
            "fitted_at": self.calibrator.fitted_at,
            "fitted_cells": self.calibrator.fitted_cells.digests,
        }
        if self.prior is not None:
            calibration["prior"] = self.prior.name
        if self.shift is not None:
            calibration["adapted_to_cells"] = self.shift.cells
        stated = self.calibrator.probabilities(shown)
        if self.prior is not None:
            stated = self.prior.apply(stated)
        return Predictions.from_logits(
            list(predictions.paths),
            predictions.classes,
            np.log(np.maximum(stated, np.finfo(np.float64).tiny)),
            labels=None if predictions.labels is None else list(predictions.labels),
            groups=None if predictions.groups is None else list(predictions.groups),
            provenance={**predictions.provenance, PROVENANCE_KEY: calibration},
        )

    def logits_of(self, predictions: Predictions) -> Array:
        """(n, C) logits of a table that this calibration is for.

        Raises:
            CalibrationError: The classes differ, or the table is calibrated already.
        """
        if predictions.classes != self.classes:
            raise CalibrationError(
                f"the calibration is for the classes {', '.join(self.classes)}; the table has "
                f"{', '.join(predictions.classes)}. Use the calibration of the same model."
            )
        return scores_of(predictions)

    def _checked(self, logits: ArrayLike) -> Array:
        scores = np.asarray(logits, np.float64)
        if scores.ndim != 2 or scores.shape[1] != len(self.classes):
            raise CalibrationError(
                f"the logits have shape {scores.shape}; the calibration is for "
                f"{len(self.classes)} classes ({', '.join(self.classes)})."
            )
        refuse_not_finite(scores, "logits")
        return scores


def _weighed(prior: Prior, stated: Array, own: Indices) -> tuple[Array, Indices]:
    """(n, C) probabilities by a prior, and (n,) the classes: the model's own but where it matters.

    A calibration alone may give another class the highest probability than the logits do; that is
    not the prior's doing.
    """
    weighed = prior.apply(stated)
    called = weighed.argmax(1)
    return weighed, np.where(called == stated.argmax(1), own, called)
