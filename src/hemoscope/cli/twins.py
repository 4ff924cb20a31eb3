"""`hemoscope twins`: what overlapping fields across a split do to an accuracy."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hemoscope.cli.options import Json
from hemoscope.cli.output import note, print_json, print_table
from hemoscope.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd

    from hemoscope.cells import CellTable

_FITTED = ("train", "val")


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
        str | None,
        typer.Option(
            "--use",
            help="Values of that column (by default of split), comma-separated. Default: train,val",
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Compare the accuracy on cells with and without a training twin."""
    from hemoscope.audit import twin_accuracy
    from hemoscope.cells import open_cells
    from hemoscope.predictions import Predictions

    fitted = _fitted(open_cells(training), split_column, use)
    scored, trained = Predictions.read(predictions), fitted.frame["path"].astype(str)
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


def _fitted(cells: "CellTable", column: str | None, use: str | None) -> "CellTable":
    """The cells that the model has seen.

    Args:
        cells: Those of --training.
        column: --split-column.
        use: --use.

    Raises:
        SelectionError: There is no such column, or a value that was asked for is not in it.
    """
    from hemoscope.cells.sources.opening import DEFAULT_SPLIT_COLUMN

    if column is None and use is None:
        return cells
    column = column or DEFAULT_SPLIT_COLUMN
    cells.check_column(column)
    held = cells.frame[column].astype(str)
    if use is None:  # not every split has a part for validation
        values = [value for value in _FITTED if value in set(held)] or list(_FITTED)
    else:
        values = [value.strip() for value in use.split(",")]
    for value in values:
        cells.where(column, value)  # a value that no cell has is a slip of the hand
    return cells.take(held.isin(values).to_numpy())


def _grouped(groups: Path | None, pairs: Path | None, paths: list[str]) -> "pd.DataFrame":
    """The groups of the one file that was named."""
    from hemoscope.audit import groups_of_pairs, read_pairs
    from hemoscope.cells import read_groups

    if groups is not None and pairs is None:
        return read_groups(groups)
    if pairs is not None and groups is None:
        return groups_of_pairs(read_pairs(pairs), paths)
    raise UsageError("twins needs --groups or --pairs, one of the two.")
