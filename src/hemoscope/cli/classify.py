"""`hemoscope classify`: images become a table of cells, the differential and a report."""

from pathlib import Path
from typing import Annotated

import typer

from hemoscope.cli.options import Batch, Bfloat16, Json, Model
from hemoscope.cli.output import note, note_failures, print_json, print_table, progress_bar


def classify(
    images: Annotated[
        list[str],
        typer.Argument(metavar="IMAGES…", help="A folder, image files, patterns, or a manifest."),
    ],
    model: Model,
    out: Annotated[Path, typer.Option("--out", help="Folder for the results.")] = Path(
        "classified"
    ),
    batch: Batch = 32,
    bfloat16: Bfloat16 = False,
    json: Json = False,
) -> None:
    """Say what each cell is, and count them. Exit 1 if some images cannot be read.

    Writes `cells.csv` (one row a cell), `predictions.parquet` and `report.html` (with a contact
    sheet by class, the least certain first).
    """
    from hemoscope.cells import open_cells
    from hemoscope.inference import load_scorer, predict_cells
    from hemoscope.inference.opinions import differential, opinions
    from hemoscope.reports import write_classification_report

    table = open_cells(images[0] if len(images) == 1 else images)
    scorer = load_scorer(model, bfloat16=bfloat16)
    with progress_bar("looking at cells") as progress:
        run = predict_cells(table.without_labels(), scorer, batch=batch, progress=progress)
    out.mkdir(parents=True, exist_ok=True)
    opinions(run).to_csv(out / "cells.csv", index=False, float_format="%.4f")
    run.predictions.write(out / "predictions.parquet")
    write_classification_report(
        run.predictions, out / "report.html", images=table, failures=run.failures
    )
    counts = differential(run.predictions)
    note_failures(run.failures, len(table))
    if json:
        unreadable = [{"path": f.path, "cause": f.cause} for f in run.failures]
        print_json(
            {
                "out": str(out),
                "cells": len(run.predictions),
                "differential": counts.to_dict(orient="records"),
                "unreadable": unreadable,
            }
        )
    else:
        rows = list(counts.itertuples(index=False, name=None))
        print_table("Differential (research use only)", ("class", "cells", "share"), rows)
        note(f"{len(run.predictions)} cells → {out / 'cells.csv'}, {out / 'report.html'}")
    if run.failures:
        raise typer.Exit(1)
