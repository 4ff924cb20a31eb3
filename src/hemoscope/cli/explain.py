"""`hemoscope explain`: a model and images become maps of where it looked."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hemoscope.cli.options import Branch, Json
from hemoscope.cli.output import (
    check_out_folder,
    note,
    note_failures,
    print_json,
    print_table,
    progress_bar,
)

if TYPE_CHECKING:
    from hemoscope.cells import CellTable
    from hemoscope.explanation.result import ExplainedCells


def explain(
    model: Annotated[Path, typer.Argument(metavar="MODEL", help="A run folder.")],
    images: Annotated[
        list[str],
        typer.Argument(metavar="IMAGES", help="A folder, image files, patterns, or a manifest."),
    ],
    method: Annotated[
        str,
        typer.Option(
            "--method",
            help="auto, gradcam, gradcam-early, rollout, integrated-gradients or occlusion.",
        ),
    ] = "auto",
    target: Annotated[
        str | None,
        typer.Option("--target", metavar="CLASS", help="Default: what each cell is called."),
    ] = None,
    against: Annotated[
        str | None,
        typer.Option(
            "--against",
            metavar="CLASS",
            help="Why not this class? Also: runner-up, or truth (the label).",
        ),
    ] = None,
    out: Annotated[Path, typer.Option("--out", help="Folder for the results.")] = Path("explained"),
    masks: Annotated[
        Path | None,
        typer.Option("--masks", help="Folder of masks: 255 nucleus, 128 cytoplasm, 0 the rest."),
    ] = None,
    predictions: Annotated[
        Path | None,
        typer.Option("--predictions", help="A table with labels: explain its mistakes."),
    ] = None,
    worst: Annotated[
        int, typer.Option("--worst", min=1, help="How many mistakes, the most confident first.")
    ] = 24,
    measure: Annotated[
        bool,
        typer.Option(
            "--measure/--no-measure",
            help="Measure how faithful each map is (some thirty passes a cell).",
        ),
    ] = True,
    branch: Branch = None,
    json: Json = False,
) -> None:
    """Show where a model looked, and how faithful that is. Exit 1 if some images cannot be read.

    Writes `overlays/` (PNG), `maps.npz` and `explanation.html`. Mistakes are explained against
    their true class.
    """
    from hemoscope.cells import open_cells
    from hemoscope.explanation.opening import open_model

    check_out_folder(out)
    table = open_cells(images[0] if len(images) == 1 else images, blank_labels=True)
    if predictions is not None:
        table = _mistakes(table, predictions, worst)
        against = against or (None if target else "truth")
    stored = open_model(model, branch)

    from hemoscope.explanation.explain import Question, explain_cells
    from hemoscope.explanation.methods.table import method_called

    question = Question(target or "predicted", against, mistakes=predictions is not None)
    with progress_bar("explaining cells") as progress:
        explained = explain_cells(
            stored, table, method_called(method), question,
            masks=masks, measure=measure, progress=progress,
        )  # fmt: skip
    name = str(model) if branch is None else f"{model}, branch {branch}"
    _write(explained, out, name, mistakes=predictions is not None)
    note_failures(explained.failures, len(table))
    _note_what_is_missing(explained)
    _tell(explained, out, json=json)
    if explained.failures:
        raise typer.Exit(1)


def _mistakes(table: "CellTable", predictions: Path, worst: int) -> "CellTable":
    from hemoscope.explanation.worst import worst_mistakes
    from hemoscope.predictions import Predictions

    return worst_mistakes(table, Predictions.read(predictions), worst)


def _write(explained: "ExplainedCells", out: Path, model: str, *, mistakes: bool) -> None:
    from hemoscope.reports.explanation import write_explanation_report, write_overlays

    explained.write_maps(out / "maps.npz")  # first: the rest can be drawn of it again
    write_overlays(explained, out / "overlays")
    write_explanation_report(explained, out / "explanation.html", model=model, mistakes=mistakes)


def _note_what_is_missing(explained: "ExplainedCells") -> None:
    right, blank, count = explained.called_right, explained.without_mask, len(explained)
    if right:
        note(f"{right} of {right + count} mistakes are left out: MODEL calls these cells right.")
    if blank:
        note(f"{blank} of {count} cells have no mask; the energy of their maps is not measured.")


def _tell(explained: "ExplainedCells", out: Path, *, json: bool) -> None:
    from hemoscope.evaluation.result.plain import plain

    frame = explained.frame()
    if json:
        rows = [plain(row) for row in frame.to_dict(orient="records")]
        unreadable = [{"path": f.path, "cause": f.cause} for f in explained.failures]
        print_json(
            {"out": str(out), "method": explained.method, "cells": rows, "unreadable": unreadable}
        )
        return
    shown = ["path", "called", "probability", "against"]
    shown += [name for name in ("deletion", "insertion") if name in frame]
    rows = list(frame[shown].itertuples(index=False, name=None))
    print_table(f"{explained.method} (research use only)", shown, rows)
    note(f"{len(frame)} cells → {out / 'explanation.html'}")
