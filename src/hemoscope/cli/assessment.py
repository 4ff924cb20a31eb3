"""What `hemoscope evaluate --calibration` does and prints besides."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from hemoscope.cli.output import note, print_table

if TYPE_CHECKING:
    from hemoscope.calibration.assessment import Assessment
    from hemoscope.predictions import Predictions


def assess_calibration(
    calibration: Path,
    table: "Predictions",
    path: Path,
    options: dict[str, Any],
    *,
    prior: str | None = None,
    adapt: bool = False,
) -> tuple["Assessment", "Predictions"]:
    """Applies the calibration in a file to the table at `path`; gives what it does, and the table.

    Features are read from beside the table where the score for unknown cells needs them.
    """
    from hemoscope.calibration import read_trust
    from hemoscope.calibration.assessment import assess
    from hemoscope.features import Features, features_beside

    trust, features = read_trust(calibration).with_prior(prior), None
    if adapt:
        trust = trust.adapted_to(trust.logits_of(table))
    if trust.unknown is not None and trust.unknown.needs_features:
        features = Features.read(features_beside(path)).of(table)
    return assess(trust, table, features=features, **options), trust.apply(table)


def print_assessment(assessment: "Assessment") -> None:
    """Before and after calibration, coverage, and what is accepted."""
    rows = []
    for path, change in assessment.changes.items():
        interval = change.interval
        limits = (None, None) if interval is None else (interval.low, interval.high)
        rows.append((path, change.before.value, change.after.value, change.difference, *limits))
    print_table(
        f"Before and after calibration ({assessment.method}, fitted on "
        f"{assessment.fitted_on:,} cells{assessment.circumstances})",
        ("figure", "before", "after", "difference", "low", "high"),
        rows,
    )
    if (sets := assessment.conformal) is not None:
        print_table(
            f"Prediction sets ({sets.score}) that shall hold the truth in "
            f"{100 * (1 - sets.alpha):g} %",
            ("cells", "covered", "coverage", "mean size"),
            [(sets.cells, sets.covered, sets.coverage.value, sets.mean_size)],
        )
    if (accepted := assessment.acceptance) is not None:
        print_table(
            "Cells that need no person",
            ("cells", "accepted", "coverage", "errors", "error"),
            [
                (
                    accepted.cells,
                    accepted.accepted,
                    accepted.coverage.value,
                    accepted.errors,
                    accepted.error.value,
                )
            ],
        )
        note(accepted.verdict)
