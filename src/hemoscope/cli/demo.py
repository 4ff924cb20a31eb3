"""`hemoscope demo`: the whole way, on synthetic cells, with nothing at hand."""

from pathlib import Path
from typing import Annotated

import typer

from hemoscope.cli.classify import classify
from hemoscope.cli.evaluate import evaluate
from hemoscope.cli.output import note, progress_bar
from hemoscope.cli.predict import predict
from hemoscope.cli.train import train

# Small enough that two processors are done in a minute or two.
SETTINGS = (
    "model={base: customcnn-text, image_size: 64}",
    "epochs=30",
    "batch_size=8",
    "optimiser={backbone: 1e-3, encoder: 3e-4, head: 1e-3}",
    "ema_decay=0.98",
    "augmentation={quarter_turns: true}",
)


def demo(
    out: Annotated[Path, typer.Option("--out", help="A new folder.")] = Path("demo-output"),
    per_class: Annotated[int, typer.Option(min=10, help="Synthetic cells of each class.")] = 80,
    seed: Annotated[int, typer.Option(min=0)] = 1,
) -> None:
    """Draw synthetic cells, train on them, predict, evaluate, classify: every step of the way."""
    from hemoscope.cells.synthetic import write_contact_sheet, write_synthetic

    cells, run, table = out / "cells", out / "run", out / "predictions.parquet"
    note(f"Drawing {per_class} synthetic cells of each of 8 classes → {cells}")
    with progress_bar("drawing cells") as progress:
        write_synthetic(cells, per_class=per_class, seed=seed, size=128, progress=progress)
    write_contact_sheet(out / "cells.png", seed=seed)
    manifest = str(cells / "manifest.csv")

    settings = " ".join(f"--set '{setting}'" for setting in SETTINGS)
    note(f"\n$ hemoscope train {manifest} --out {run} {settings}")
    train(manifest, out=run, settings=list(SETTINGS))
    note(
        f"\n$ hemoscope predict {manifest} --split-column split --use test "
        f"--model {run} --out {table}"
    )
    predict(manifest, model=run, out=table, split_column="split", use="test")
    note(
        f"\n$ hemoscope evaluate {table} --images {manifest} --run {run} --report {out}/report.html"
    )
    evaluate(table, report=out / "report.html", images=manifest, run=run)
    note(f"\n$ hemoscope classify {cells}/eosinophil --model {run} --out {out}/classified")
    classify([str(cells / "eosinophil")], model=run, out=out / "classified")
    note(
        "\nThese cells are drawn, not photographed: the figures above say that the way works, and "
        "nothing about blood.\nOpen these in a browser:\n"
        f"  {out / 'report.html'}\n  {out / 'classified' / 'report.html'}"
    )
