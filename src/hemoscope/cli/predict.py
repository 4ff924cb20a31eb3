"""`hemoscope predict`: SOURCE and a model become a predictions table."""

from pathlib import Path
from typing import Annotated

import typer

from hemoscope.cli.options import (
    Batch,
    Bfloat16,
    Branch,
    EngineName,
    Json,
    Model,
    Source,
    SplitColumn,
    Use,
)
from hemoscope.cli.output import note, note_failures, print_json, progress_bar


def predict(
    source: Source,
    model: Model,
    out: Annotated[Path, typer.Option("--out", help="A .parquet or .csv file to write.")],
    split_column: SplitColumn = None,
    use: Use = None,
    branch: Branch = None,
    features: Annotated[
        bool,
        typer.Option("--features", help="Write NAME.features.parquet beside the table, too."),
    ] = False,
    batch: Batch = 32,
    bfloat16: Bfloat16 = False,
    engine: EngineName = "onnxruntime",
    json: Json = False,
) -> None:
    """Score every cell of a SOURCE with a model. Exit 1 if some cannot be read.

    A joint model gives the mean of its branches, or one of them (--branch).
    """
    from hemoscope.cells import open_cells
    from hemoscope.features import features_beside
    from hemoscope.inference import load_scorer, predict_cells
    from hemoscope.predictions import check_table_path

    check_table_path(out)
    table = open_cells(source, split_column=split_column, use=use)
    scorer = load_scorer(model, bfloat16=bfloat16, engine=engine, branch=branch)
    with progress_bar("scoring cells") as progress:
        run = predict_cells(table, scorer, batch=batch, features=features, progress=progress)
    run.predictions.write(out)
    beside = None if run.features is None else run.features.write(features_beside(out))
    note_failures(run.failures, len(table))
    if json:
        unreadable = [{"path": f.path, "cause": f.cause} for f in run.failures]
        print_json(
            {
                "predictions": str(out),
                "features": None if beside is None else str(beside),
                "cells": len(run.predictions),
                "classes": list(scorer.classes),
                "unreadable": unreadable,
            }
        )
    else:
        note(f"{len(run.predictions)} cells → {out}" + (f", {beside}" if beside else ""))
    if run.failures:
        raise typer.Exit(1)
