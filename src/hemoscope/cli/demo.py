"""`hemoscope demo`: classify synthetic cells with nothing at hand; by --train the whole way."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hemoscope.cli.classify import classify, print_outcome, write_report
from hemoscope.cli.evaluate import evaluate
from hemoscope.cli.options import OptionalModel
from hemoscope.cli.output import note, progress_bar
from hemoscope.cli.predict import predict
from hemoscope.cli.train import train

if TYPE_CHECKING:
    from hemoscope.cells import CellTable
    from hemoscope.inference import Classified, Classifier, ImageList

# Small enough that two processors are done in a minute or two.
SETTINGS = (
    "model={base: customcnn-text, image_size: 64}",
    "epochs=30",
    "batch_size=8",
    "optimiser={backbone: 1e-3, encoder: 3e-4, head: 1e-3}",
    "ema_decay=0.98",
    "augmentation={quarter_turns: true}",
)
CELLS, CELLS_TO_TRAIN = 24, 80


def demo(
    out: Annotated[Path, typer.Option("--out", help="A new folder.")] = Path("demo-output"),
    model: OptionalModel = None,
    per_class: Annotated[
        int | None, typer.Option(min=10, help="Synthetic cells of each class.", show_default=False)
    ] = None,
    seed: Annotated[int, typer.Option(min=0)] = 1,
    whole_way: Annotated[
        bool, typer.Option("--train", help="Train, predict and evaluate, too; needs torch.")
    ] = False,
) -> None:
    """Draw synthetic cells and classify them: needs no torch.

    The cells are drawn, not photographed: how many are named as they were meant says that the way
    works, and nothing about blood.
    """
    if whole_way:
        _the_whole_way(out, per_class or CELLS_TO_TRAIN, seed)
        return
    from hemoscope.inference import Classifier, classify_images, open_images

    classifier = Classifier.load(model)
    table = _draw(out, per_class or CELLS, seed)
    images = open_images([out / "cells" / "manifest.csv"])
    folder = out / "classified"
    with progress_bar("looking at cells") as progress:
        outcome = classify_images(
            classifier,
            images,
            folder,
            progress=progress,
            report=partial(_report, classifier, images, folder / "report.html", table),
        )
    print_outcome(outcome, folder, report=True)
    note(f"\n{_remark(outcome, table)}\nOpen this in a browser: {folder / 'report.html'}")


def _report(
    classifier: "Classifier",
    images: "ImageList",
    file: Path,
    table: "CellTable",
    outcome: "Classified",
) -> None:
    write_report(classifier, images, file, outcome, remark=_remark(outcome, table))


def _remark(outcome: "Classified", table: "CellTable") -> str:
    """What the page says of synthetic cells."""
    from hemoscope.predictions import Predictions

    named = Predictions.read(outcome.predictions)
    meant = dict(zip(table.paths, table.labels if table.labels is not None else (), strict=True))
    calls = [named.classes[call] for call in named.predicted]
    right = sum(meant[path] == call for path, call in zip(named.paths, calls, strict=True))
    return (
        f"These cells are synthetic: drawn, not photographed. The model names {right:,} of "
        f"{len(named):,} as they were meant, which says that the way works, and nothing about "
        "blood."
    )


def _draw(out: Path, per_class: int, seed: int) -> "CellTable":
    from hemoscope.cells.synthetic import write_contact_sheet, write_synthetic

    cells = out / "cells"
    note(f"Drawing {per_class} synthetic cells of each of 8 classes → {cells}")
    with progress_bar("drawing cells") as progress:
        table = write_synthetic(cells, per_class=per_class, seed=seed, size=128, progress=progress)
    write_contact_sheet(out / "cells.png", seed=seed)
    return table


def _the_whole_way(out: Path, per_class: int, seed: int) -> None:
    cells, run, table = out / "cells", out / "run", out / "predictions.parquet"
    _draw(out, per_class, seed)
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
