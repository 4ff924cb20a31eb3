"""`Judge`: logits → opinions, by the model's calibration where it has one."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from hemoscope.errors import UsageError
from hemoscope.inference.bundle import ModelError, calibration_file, file_digest
from hemoscope.inference.scorer import Observation
from hemoscope.opinions.opinion import Opinion

if TYPE_CHECKING:
    from hemoscope.calibration import Judgement, Prior, Trust

NOT_CALIBRATED = "the model is not calibrated, so a person looks at every cell"
NOT_FINITE = "the model gives no finite numbers for this image"

Name = tuple[int, str | None]
"""An image's index, and its path where it has one."""


class Judge:
    """Says of each cell what it is, how sure that is, and why a person must look.

    Attributes:
        classes: The C class names.
        trust: The calibration of the model; None: softmax, which is not calibrated, and no cell is
            accepted.
        digest: SHA-256 of the file that the calibration was read from, or None.
    """

    def __init__(
        self, classes: Sequence[str], trust: "Trust | None" = None, digest: str | None = None
    ) -> None:
        """Put together.

        Raises:
            ModelError: The calibration is for other classes.
        """
        if trust is not None and trust.classes != tuple(classes):
            raise ModelError(
                f"the calibration is for the classes {', '.join(trust.classes)}; the model has "
                f"{', '.join(classes)}. Calibrate the model again by `hemoscope calibrate`."
            )
        self.classes, self.trust, self.digest = tuple(classes), trust, digest

    @classmethod
    def beside(cls, model: Path, classes: Sequence[str], prior: str | None = None) -> Self:
        """By the `calibration.json` of a bundle or run folder, if there is one.

        Args:
            model: The folder.
            classes: The C class names.
            prior: The mix of classes that is expected, as `Trust.with_prior` takes it.

        Raises:
            CalibrationError: The file cannot be used.
            ModelError: It is for other classes.
            UsageError: The prior cannot be used, or there is no calibration that it could change.
        """
        file = calibration_file(model)
        if not file.is_file():
            if prior is not None:
                raise UsageError(
                    f"{model} has no calibration, so nobody knows of which mix of classes its "
                    "probabilities speak, and --prior cannot put another in its place. Make one "
                    "with `hemoscope calibrate`."
                )
            return cls(classes)
        # Late: without a calibration none of its libraries is needed.
        from hemoscope.calibration.store import read_trust  # noqa: PLC0415

        return cls(classes, read_trust(file).with_prior(prior), file_digest(file))

    @property
    def prior(self) -> "Prior | None":
        """The mix of classes that is expected; None: that of the validation cells."""
        return None if self.trust is None else self.trust.prior

    def adapted_to(self, logits: NDArray[np.float64]) -> Self:
        """The same for cells of another source, of which (n, C) logits are at hand.

        Raises:
            UsageError: The model has no calibration.
            CalibrationError: As `Trust.adapted_to`.
        """
        if self.trust is None:
            raise UsageError(
                "the model has no calibration, so nobody knows what its cells look like at home, "
                "and --adapt cannot tell what is different here. Make one with `hemoscope "
                "calibrate`."
            )
        finite = logits[np.isfinite(logits).all(1)]
        return type(self)(self.classes, self.trust.adapted_to(finite), self.digest)

    @property
    def needs_features(self) -> bool:
        """Whether logits alone do not do."""
        return self.trust is not None and self.trust.unknown is not None

    def opinions(self, names: Sequence[Name], seen: Observation) -> Iterator[Opinion]:
        """One opinion for each of n images that a model has looked at, in their order."""
        finite = np.asarray(np.isfinite(seen.logits).all(1))
        good = [name for name, passed in zip(names, finite, strict=True) if passed]
        told = self._told(good, seen.logits[finite], seen.features[finite])
        for (index, path), passed in zip(names, finite, strict=True):
            yield next(told) if passed else Opinion.unreadable(index, path, NOT_FINITE)

    def _told(
        self,
        names: Sequence[Name],
        logits: NDArray[np.float32],
        features: NDArray[np.float32],
    ) -> Iterator[Opinion]:
        if not names:
            return iter(())
        if self.trust is None:
            return map(self._plain, names, logits, softmax(logits.astype(np.float64), axis=1))
        judged = self.trust.judge(logits, features)
        return (self._by(judged, row, names[row], logits[row]) for row in range(len(names)))

    def _plain(
        self, name: Name, logits: NDArray[np.float32], chances: NDArray[np.float64]
    ) -> Opinion:
        best = int(chances.argmax())
        return Opinion(
            *name,
            self.classes[best],
            float(chances[best]),
            self._named(chances),
            None,
            logits=_plain_numbers(logits),
            reason=NOT_CALIBRATED,
        )

    def _by(
        self, judged: "Judgement", row: int, name: Name, logits: NDArray[np.float32]
    ) -> Opinion:
        chances, called = judged.probabilities[row], int(judged.predicted[row])
        strangeness, unknown = judged.unknown_score, judged.unknown
        return Opinion(
            *name,
            self.classes[called],
            float(chances[called]),
            self._named(chances),
            None,
            logits=_plain_numbers(logits),
            candidates=self._candidates(judged, row),
            accepted=bool(judged.accepted[row]),
            unknown_score=None if strangeness is None else float(strangeness[row]),
            unknown=None if unknown is None else bool(unknown[row]),
            reason=judged.reasons[row],
        )

    def _candidates(self, judged: "Judgement", row: int) -> tuple[str, ...] | None:
        if judged.sets is None:
            return None
        order = np.argsort(-judged.probabilities[row], kind="stable")
        return tuple(self.classes[c] for c in order if judged.sets[row, c])

    def _named(self, row: NDArray[np.floating]) -> dict[str, float]:
        return dict(zip(self.classes, row.tolist(), strict=True))


def _plain_numbers(logits: NDArray[np.float32]) -> tuple[float, ...]:
    """As short as they can be written and still be the same float32."""
    return tuple(float(f"{value:.9g}") for value in logits.tolist())
