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
    views: Annotated[
        int,
        typer.Option(
            "--views",
            min=1,
            max=8,
            help="Of a run folder: looks at every cell, turned and mirrored, for their mean.",
        ),
    ] = 1,
    batch: Batch = 32,
    bfloat16: Bfloat16 = False,
    engine: EngineName = "onnxruntime",
    json: Json = False,
) -> None:
    """Score every cell of a SOURCE with a model. Exit 1 if some cannot be read.

    A joint model gives the mean of its branches, or one of them (--branch). A model that answers
    more than the class leaves a table for each of its tasks, NAME.TASK, too; each table then holds
    the cells that have its label, if any has one.
    """
    from hemoscope.cells import open_cells
    from hemoscope.features import features_beside, remove_features_beside
    from hemoscope.files import check_writable
    from hemoscope.inference import load_scorer, predict_cells
    from hemoscope.inference.in_words import write_in_words
    from hemoscope.inference.tasks import AnswersTasks, task_file
    from hemoscope.predictions import PredictionsError, check_table_path

    check_table_path(out)
    check_writable(out, PredictionsError)
    scorer = load_scorer(
        model, bfloat16=bfloat16, engine=engine, side_by_side=True, branch=branch, views=views
    )
    several = isinstance(scorer, AnswersTasks) and bool(scorer.tasks)
    table = open_cells(source, split_column=split_column, use=use, blank_labels=several)
    with progress_bar("scoring cells") as progress:
        run = predict_cells(table, scorer, batch=batch, features=features, progress=progress)
    run.predictions.write(out)
    beside = None if run.features is None else run.features.write(features_beside(out))
    if beside is None:
        remove_features_beside(out)
    tasks = {name: str(each.write(task_file(out, name))) for name, each in run.tasks.items()}
    words = write_in_words(run.tasks, out)
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
                "tasks": tasks,
                "in_words": None if words is None else str(words),
            }
        )
    else:
        also = [file for file in (beside, words) if file is not None]
        written = [out, *also, *tasks.values()]
        note(f"{len(run.predictions)} cells → {', '.join(map(str, written))}")
    if run.failures:
        raise typer.Exit(1)
