"""`hemoscope twins`: what overlapping fields across a split do to an accuracy."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hemoscope.cli.options import Json
from hemoscope.cli.output import note, print_json, print_table
from hemoscope.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd


def twins(
    predictions: Annotated[
        Path, typer.Argument(metavar="TABLE", help="A predictions table with labels.")
    ],
    training: Annotated[str, typer.Option("--training", help="SOURCE with the training cells.")],
    groups: Annotated[
        Path | None, typer.Option("--groups", help="groups.csv of `hemoscope audit`.")
    ] = None,
    pairs: Annotated[
        Path | None, typer.Option("--pairs", help="Or its pairs.csv; other cells have no twin.")
    ] = None,
    split_column: Annotated[
        str | None, typer.Option("--split-column", help="Column of it that says what was fitted.")
    ] = None,
    use: Annotated[
        str, typer.Option("--use", help="Values of that column, comma-separated.")
    ] = "train,val",
    json: Json = False,
) -> None:
    """Compare the accuracy on cells with and without a twin among the training cells."""
    from hemoscope.audit import twin_accuracy
    from hemoscope.cells import open_cells
    from hemoscope.predictions import Predictions

    cells = open_cells(training)
    frame = cells.frame
    if split_column is not None:
        cells.check_column(split_column)
        frame = frame[frame[split_column].astype(str).isin(use.split(","))]
    scored, trained = Predictions.read(predictions), frame["path"].astype(str)
    table = _grouped(groups, pairs, [*scored.paths, *trained])
    result = twin_accuracy(scored, table, trained)
    if json:
        print_json(result.to_dict())
        return
    rows = [
        (name, share.cells, share.right, share.accuracy, share.low, share.high)
        for name, share in (
            ("all", result.all),
            ("with a twin in training", result.with_twin),
            ("without", result.without_twin),
        )
    ]
    print_table(
        str(predictions), ("cells", "number", "right", "accuracy", "95 % low", "95 % high"), rows
    )
    if result.difference is not None:
        found = result.difference
        note(
            f"with a twin less without: {100 * found.difference:+.2f} points (95 % "
            f"{100 * found.low:+.2f} to {100 * found.high:+.2f}), Fisher's p {found.p:.3g}"
        )


def _grouped(groups: Path | None, pairs: Path | None, paths: list[str]) -> "pd.DataFrame":
    """The groups of the one file that was named."""
    from hemoscope.audit import groups_of_pairs, read_pairs
    from hemoscope.cells import read_groups

    if groups is not None and pairs is None:
        return read_groups(groups)
    if pairs is not None and groups is None:
        return groups_of_pairs(read_pairs(pairs), paths)
    raise UsageError("twins needs --groups or --pairs, one of the two.")
