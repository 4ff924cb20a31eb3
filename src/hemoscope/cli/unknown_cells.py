"""What `hemoscope calibrate --unknown` does and prints besides."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from hemoscope.cli.output import note, print_table
from hemoscope.errors import UsageError

if TYPE_CHECKING:
    from hemoscope.calibration.unknown import FittedUnknown, UnknownComparison
    from hemoscope.predictions import Predictions


FLAG_RATE = 0.01


class UnknownMethod(StrEnum):
    """The scores, the choice among them, and none."""

    NONE = "none"
    AUTO = "auto"
    ENERGY = "energy"
    MAX_LOGIT = "max-logit"
    NEIGHBOURS = "neighbours"
    MAHALANOBIS = "mahalanobis"
    RELATIVE_MAHALANOBIS = "relative-mahalanobis"
    COMBINED = "combined"


@dataclass(frozen=True)
class UnknownOptions:
    """What the options of the verb say.

    Attributes:
        method: The score.
        features: Of the validation cells; None: beside their table.
        reference: A table of other labelled cells to fit on.
        outside: Tables of cells of none of the classes.
        flag_rate: Share of known cells that may be flagged.
        seed: Seed of the draws.
    """

    method: UnknownMethod
    features: Path | None
    reference: Path | None
    outside: list[Path]
    flag_rate: float
    seed: int

    @property
    def speak_of_a_score(self) -> bool:
        """Whether anything but the method and the seed was set."""
        others = (self.features, self.reference, *self.outside)
        return any(others) or self.flag_rate != FLAG_RATE


def fit_unknown_cells(
    table: "Predictions", path: Path, options: UnknownOptions
) -> "tuple[FittedUnknown | None, UnknownComparison | None]":
    """The score that was asked for; and the comparison, where a choice was made.

    Raises:
        UsageError: No score was asked for, but something that only a score goes by.
    """
    if options.method is UnknownMethod.NONE and options.speak_of_a_score:
        raise UsageError(
            "--features, --reference, --unknown-cells and --flag-rate are for the score that finds "
            "unknown cells, and none was asked for. Add --unknown auto, or leave them out."
        )
    from hemoscope.calibration.unknown import (
        check_other_cells,
        check_same_model,
        choose_unknown,
        fit_unknown,
        known_from_table,
        unknown_from_table,
    )
    from hemoscope.predictions import Predictions

    if options.method is UnknownMethod.NONE:
        return None, None
    known, reference = known_from_table(path, options.features), None
    if options.reference is not None:
        others = Predictions.read(options.reference)
        check_same_model(others, table, options.reference)
        check_other_cells(others, table, options.reference)
        reference = known_from_table(options.reference)
    settings = {"flag_rate": options.flag_rate, "seed": options.seed}
    if options.method is not UnknownMethod.AUTO:
        return fit_unknown(options.method.value, known, reference, **settings), None
    outside = {file.stem: unknown_from_table(file, table) for file in options.outside}
    if len(outside) < len(options.outside):
        raise UsageError(
            "two tables of unknown cells have the same name, by which the comparison tells them "
            "apart. Rename one of them."
        )
    return choose_unknown(known, reference, outside, **settings)


def print_unknown(fitted: "FittedUnknown", compared: "UnknownComparison | None") -> None:
    """The comparison, and what the threshold promises."""
    if compared is not None:
        trials = list(dict.fromkeys(result.trial for result in compared.results))
        found = {(r.trial, r.method): r for r in compared.results}
        methods = list(compared.means())
        print_table(
            "Unknown cells against known ones: AUROC / share flagged",
            ("unknown", *methods),
            [(trial, *(_told(found[trial, m]) for m in methods)) for trial in trials]
            + [("mean", *(_told(mean) for mean in compared.means().values()))],
        )
    note(fitted.describe())


def _told(figures: object) -> str:
    return f"{figures.auroc:.4f} / {100 * figures.flagged:.1f} %"  # type: ignore[attr-defined]
