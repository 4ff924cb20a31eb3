"""`hemoscope calibrate`: validation predictions become calibration, sets and a threshold."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hemoscope.cli.options import Json
from hemoscope.cli.output import note, print_json, print_table
from hemoscope.cli.unknown_cells import (
    FLAG_RATE,
    UnknownMethod,
    UnknownOptions,
    fit_unknown_cells,
    print_unknown,
)

if TYPE_CHECKING:
    from hemoscope.calibration import ConformalSets, FittedCalibrator, Trust


class Method(StrEnum):
    """The methods, and the choice among them."""

    AUTO = "auto"
    NONE = "none"
    TEMPERATURE = "temperature"
    CLASS_TEMPERATURE = "class-temperature"
    ISOTONIC = "isotonic"


class SetScore(StrEnum):
    """Scores of nonconformity."""

    LAC = "lac"
    APS = "aps"
    RAPS = "raps"


def calibrate(
    predictions: Annotated[
        Path,
        typer.Argument(
            metavar="TABLE",
            help="Predictions of labelled validation cells, none of which the model learned from.",
        ),
    ],
    out: Annotated[
        Path, typer.Option("--out", help="A run folder, a bundle, or a .json file to write.")
    ],
    method: Annotated[
        Method, typer.Option("--method", help="auto: the best by cross-validation.")
    ] = Method.AUTO,
    alpha: Annotated[
        float, typer.Option("--alpha", help="Share of prediction sets that may miss the truth.")
    ] = 0.01,
    sets: Annotated[
        SetScore, typer.Option("--sets", help="How prediction sets are made.")
    ] = SetScore.LAC,
    class_conditional: Annotated[
        bool, typer.Option("--class-conditional", help="Hold the level within each class.")
    ] = False,
    max_error: Annotated[
        float, typer.Option("--max-error", help="Error allowed among cells no person looks at.")
    ] = 0.005,
    confidence: Annotated[
        float, typer.Option("--confidence", help="How sure it must be that this error holds.")
    ] = 0.95,
    unknown: Annotated[
        UnknownMethod,
        typer.Option(
            "--unknown",
            help="Score for cells of none of the classes; auto: the best when each class is left "
            "out in turn.",
        ),
    ] = UnknownMethod.NONE,
    flag_rate: Annotated[
        float, typer.Option("--flag-rate", help="Share of known cells that it may flag.")
    ] = FLAG_RATE,
    features: Annotated[
        Path | None,
        typer.Option("--features", help="Features of TABLE's cells; by default those beside it."),
    ] = None,
    reference: Annotated[
        Path | None,
        typer.Option(
            "--reference",
            metavar="TABLE",
            help="Other labelled cells with features (training cells will do) to fit the score on.",
        ),
    ] = None,
    unknown_cells: Annotated[
        list[Path] | None,
        typer.Option(
            "--unknown-cells",
            metavar="TABLE",
            help="Cells of none of the classes, for auto to choose by; more than once.",
        ),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of folds and draws.")] = 0,
    json: Json = False,
) -> None:
    """Fit probabilities, prediction sets, a threshold of acceptance.

    They are written as calibration.json.
    """
    from hemoscope.calibration import (
        Aps,
        ClassMeans,
        Confusion,
        Lac,
        Raps,
        Trust,
        accept,
        choose,
        conformalise,
        fit,
    )
    from hemoscope.deployment.install import check_made_by, install_trust
    from hemoscope.predictions import Predictions

    table = Predictions.read(predictions)
    check_made_by(table, out)
    asked = UnknownOptions(
        unknown, features, reference, unknown_cells or [], flag_rate, seed
    )  # fmt: skip
    fitted = (
        choose(table, seed=seed) if method is Method.AUTO else fit(table, method.value, seed=seed)
    )
    score = {"lac": Lac(), "aps": Aps(), "raps": Raps()}[sets.value]
    strange, compared = fit_unknown_cells(table, predictions, asked)
    trust = Trust(
        fitted,
        conformalise(table, alpha, score=score, class_conditional=class_conditional, seed=seed),
        accept(table, max_error, confidence, seed=seed),
        strange,
        Confusion.of(table),
        ClassMeans.of(table),
    )
    target = install_trust(trust, table, out)
    if json:
        trials = None if compared is None else compared.frame().to_dict(orient="records")
        print_json({"calibration": str(target), **_summary(trust), "unknown_trials": trials})
        return
    _print(fitted)
    if trust.conformal is not None:
        _print_sets(trust.classes, trust.conformal)
    if trust.acceptance is not None:
        note(trust.acceptance.describe())
    if strange is not None:
        print_unknown(strange, compared)
    note(f"calibration → {target}")


def _print(fitted: "FittedCalibrator") -> None:
    print_table(
        f"Calibration by {fitted.method}, on {fitted.cells:,} cells; after: "
        f"{fitted.folds}-fold cross-validation",
        ("figure", "before", "after"),
        [
            (name, getattr(fitted.before, name), getattr(fitted.after, name))
            for name in ("nll", "ece", "brier")
        ],
    )
    if fitted.candidates:
        print_table(
            "Methods compared, the simplest first",
            ("method", "NLL", "behind the best", "standard error"),
            [(name, c.nll, c.behind, c.standard_error) for name, c in fitted.candidates.items()],
        )


def _print_sets(classes: tuple[str, ...], sets: "ConformalSets") -> None:
    rows = list(zip(classes, sets.thresholds, sets.cells, strict=True))
    if not sets.class_conditional:
        rows = [("any", sets.thresholds[0], sets.cells[0])]
    print_table(
        f"Prediction sets ({sets.score.name}) that hold the truth in {100 * (1 - sets.alpha):g} %",
        ("class", "largest score in the set", "cells"),
        rows,
    )


def _summary(trust: "Trust") -> dict[str, Any]:
    """The trust as plain JSON, the fitting cells counted and not listed."""
    from hemoscope.evaluation.result import plain

    fitted = plain(trust.calibrator)
    fitted["fitted_cells"] = len(trust.calibrator.fitted_cells)
    acceptance = trust.acceptance
    verdict = {} if acceptance is None else {"verdict": acceptance.describe()}
    return {
        **fitted,
        "conformal": plain(trust.conformal),
        "acceptance": {**(plain(acceptance) or {}), **verdict},
        "unknown": None if trust.unknown is None else dict(trust.unknown.to_json()),
    }
