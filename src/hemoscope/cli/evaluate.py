"""`hemoscope evaluate`: a predictions table becomes statistics and a report."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from hemoscope.cli.assessment import assess_calibration, print_assessment
from hemoscope.cli.options import Adapt, Json, Prior
from hemoscope.cli.output import note, print_json, print_table
from hemoscope.errors import UsageError

if TYPE_CHECKING:
    from hemoscope.evaluation import Evaluation, Hierarchy
    from hemoscope.predictions import Predictions


def evaluate(
    predictions: Annotated[
        Path, typer.Argument(metavar="TABLE", help="A predictions table with labels.")
    ],
    report: Annotated[Path | None, typer.Option("--report", help="An HTML file to write.")] = None,
    images: Annotated[
        str | None, typer.Option("--images", help="SOURCE of the cells, for the pictures.")
    ] = None,
    run: Annotated[
        Path | None, typer.Option("--run", help="Run folder whose training curves to show.")
    ] = None,
    calibration: Annotated[
        Path | None,
        typer.Option("--calibration", help="What `hemoscope calibrate` wrote: applied first."),
    ] = None,
    prior: Prior = None,
    adapt: Adapt = False,
    allow_fitted_cells: Annotated[
        bool,
        typer.Option(
            "--allow-fitted-cells", help="Evaluate a calibration on cells that it was fitted on."
        ),
    ] = False,
    hierarchy: Annotated[
        Literal["auto", "pbc", "none"],
        typer.Option("--hierarchy", help="Tree of cell types for figures on how far mistakes go."),
    ] = "auto",
    coarse: Annotated[
        Path | None,
        typer.Option("--coarse", help="Also write the table with subtypes summed into classes."),
    ] = None,
    bins: Annotated[int, typer.Option(min=1, help="Calibration bins.")] = 15,
    resamples: Annotated[int, typer.Option(min=0, help="Bootstrap resamples; 0: none.")] = 1000,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the bootstrap.")] = 0,
    output: Annotated[
        Literal["text", "json"], typer.Option("--format", help="json is the same as --json.")
    ] = "text",
    json: Json = False,
) -> None:
    """Compute every statistic of a predictions table, with intervals."""
    from hemoscope.evaluation import evaluate as evaluate_predictions
    from hemoscope.history import read_history
    from hemoscope.predictions import Predictions

    table = Predictions.read(predictions)
    options: dict[str, Any] = {
        "bins": bins,
        "resamples": resamples,
        "seed": seed,
        "history": None if run is None else read_history(run),
        "allow_fitted_cells": allow_fitted_cells,
        "hierarchy": _tree(hierarchy),
    }
    assessment = None
    if calibration is None:
        if prior is not None or adapt:
            option = "--adapt" if prior is None else "--prior"
            raise UsageError(
                f"{option} changes what a calibration says: name one by --calibration."
            )
        result = evaluate_predictions(table, **options)
    else:
        assessment, table = assess_calibration(
            calibration, table, predictions, options, prior=prior, adapt=adapt
        )
        result = assessment.after
    if coarse is not None:
        _write_coarse(table, "pbc" if hierarchy == "auto" else hierarchy, coarse)
    if report is not None:
        from hemoscope.cells import open_cells
        from hemoscope.reports import write_evaluation_report

        write_evaluation_report(
            result,
            table,
            report,
            images=None if images is None else open_cells(images, blank_labels=True),
            history=options["history"],
            assessment=assessment,
        )
        note(f"report → {report}")
    if json or output == "json":
        trust = {} if assessment is None else {"trust": assessment.to_dict()}
        print_json({**result.to_dict(curves=False), **trust})
        return
    _print(predictions, result)
    if assessment is not None:
        print_assessment(assessment)


def _tree(name: str) -> "Hierarchy | Literal['auto'] | None":
    from hemoscope.evaluation import HIERARCHIES

    return "auto" if name == "auto" else HIERARCHIES.get(name)


def _write_coarse(table: "Predictions", hierarchy: str, file: Path) -> None:
    from hemoscope.evaluation import HIERARCHIES, coarse_view

    if hierarchy not in HIERARCHIES:
        raise UsageError("--coarse sums within a hierarchy: leave out --hierarchy none.")
    coarse_view(table, HIERARCHIES[hierarchy]).write(file)
    note(f"classes → {file}")


def _print(predictions: Path, result: "Evaluation") -> None:
    rows = [
        (name, row.precision, row.recall, row.f1, row.support)
        for name, row in result.per_class.items()
    ]
    averages = [
        (f"{name} average", average.precision, average.recall, average.f1, average.support)
        for name, average in (("macro", result.macro), ("weighted", result.weighted))
    ]
    columns = ("class", "precision", "recall", "F1", "support")
    print_table(f"{predictions}: {result.cells:,} cells", columns, rows + averages)
    headline = ("accuracy", "balanced_accuracy", "roc.macro.auc", "calibration.ece")
    print_table(
        "Headline, with 95 % intervals",
        ("figure", "value", "low", "high"),
        [_with_interval(result.estimate(path), path) for path in headline],
    )
    if result.hierarchy is not None:
        _print_hierarchy(result)
    matrix = result.confusion.matrix.tolist()
    print_table(
        "Confusion matrix (rows: truth)",
        ("", *result.classes),
        [(name, *row) for name, row in zip(result.classes, matrix, strict=True)],
    )


def _print_hierarchy(result: "Evaluation") -> None:
    tree = result.hierarchy
    if tree is None:
        return
    paths = ("f1", "common_depth", *(f"accuracy.{level}" for level in tree.accuracy))
    print_table(
        f"Up the hierarchy {tree.name}, with 95 % intervals",
        ("figure", "value", "low", "high"),
        [_with_interval(result.estimate(f"hierarchy.{p}"), f"hierarchy.{p}") for p in paths],
    )
    print_table(
        "Mistakes by the nearest cell type that holds both, the most harmless first",
        ("within", "mistakes"),
        list(tree.mistakes_within.items()),
    )


def _with_interval(estimate: object, path: str) -> tuple[object, ...]:
    interval = estimate.interval  # type: ignore[attr-defined]
    limits = (None, None) if interval is None else (interval.low, interval.high)
    return (path, estimate.value, *limits)  # type: ignore[attr-defined]
