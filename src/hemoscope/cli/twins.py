"""`hemoscope twins`: what overlapping fields across a split do to an accuracy."""

from pathlib import Path
from typing import Annotated

import typer

from hemoscope.cli.options import Json
from hemoscope.cli.output import print_json, print_table


def twins(
    predictions: Annotated[
        Path, typer.Argument(metavar="TABLE", help="A predictions table with labels.")
    ],
    groups: Annotated[Path, typer.Option("--groups", help="groups.csv of `hemoscope audit`.")],
    training: Annotated[str, typer.Option("--training", help="SOURCE with the training cells.")],
    split_column: Annotated[
        str | None, typer.Option("--split-column", help="Column of it that says what was fitted.")
    ] = None,
    use: Annotated[
        str, typer.Option("--use", help="Values of that column, comma-separated.")
    ] = "train,val",
    json: Json = False,
) -> None:
    """Compare the accuracy on cells with and without a twin among the training cells."""
    import pandas as pd

    from hemoscope.audit import twin_accuracy
    from hemoscope.cells import open_cells
    from hemoscope.predictions import Predictions

    cells = open_cells(training)
    frame = cells.frame
    if split_column is not None:
        cells.check_column(split_column)
        frame = frame[frame[split_column].astype(str).isin(use.split(","))]
    table = pd.read_csv(groups, dtype=str)
    result = twin_accuracy(Predictions.read(predictions), table, frame["path"].astype(str))
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
