"""`hemoscope classify`: images become a table of cells, the differential and a report."""

import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from hemoscope.cli.options import Adapt, Batch, Bfloat16, EngineName, Json, OptionalModel, Prior
from hemoscope.cli.output import note, print_json, print_table, progress_bar

if TYPE_CHECKING:
    from hemoscope.calibration import Differential
    from hemoscope.inference import Classified, Classifier, ImageList
    from hemoscope.opinions import Findings

LISTED = 1000
"""Most files that the JSON object names as passed over."""
ADAPTED_TO = 500
"""Most cells that a source's shift is learned from: a mean of so many is sure enough."""


def classify(
    images: Annotated[
        list[str],
        typer.Argument(
            metavar="IMAGES",
            help="A folder, image files, patterns, a manifest, or - for a list of paths on "
            "standard input.",
        ),
    ],
    model: OptionalModel = None,
    out: Annotated[Path, typer.Option("--out", help="Folder for the results.")] = Path(
        "classified"
    ),
    form: Annotated[
        Literal["csv", "parquet", "jsonl"], typer.Option("--format", help="Of the table of cells.")
    ] = "csv",
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the job that was interrupted in --out.")
    ] = False,
    report: Annotated[bool, typer.Option("--report/--no-report", help="Write report.html.")] = True,
    batch: Batch = 16,
    bfloat16: Bfloat16 = False,
    engine: EngineName = "onnxruntime",
    prior: Prior = None,
    adapt: Adapt = False,
    json: Json = False,
) -> None:
    """Say what each cell is, how sure, and which need a person. Exit 1 if some are unreadable.

    Writes `cells.csv` (one row an image), `predictions.parquet` and `report.html` (a contact sheet
    by class, the cells to look at first). A research tool, not a medical device.
    """
    from hemoscope.inference import Classifier, classify_images, open_images
    from hemoscope.inference.image_list import FROM_STDIN, refuse_sample

    if adapt and FROM_STDIN in images:
        refuse_sample()  # now, before the list is waited for
    classifier = Classifier.load(model, batch=batch, engine=engine, bfloat16=bfloat16, prior=prior)
    # After the model, for a list on standard input is waited for.
    listed = open_images(images, sys.stdin.buffer)
    if adapt:
        classifier = classifier.adapted_to(listed.sample(ADAPTED_TO))

    try:
        with progress_bar("looking at cells") as progress:
            outcome = classify_images(
                classifier,
                listed,
                out,
                form=form,
                resume=resume,
                progress=progress,
                report=partial(write_report, classifier, listed, out / "report.html")
                if report
                else partial(_remove_report, out / "report.html"),
            )
    except KeyboardInterrupt:
        note(f"Interrupted. What was done is kept in {out}; go on with --resume.")
        raise typer.Exit(1) from None
    _note_unreadable(outcome.findings)
    _note_passed_over(listed.passed_over)
    if json:
        passed = [{"path": path, "cause": why} for path, why in listed.passed_over.items()]
        print_json({**_summary(outcome, out, report, classifier), "passed_over": passed[:LISTED]})
    else:
        print_outcome(outcome, out, report=report)
    if outcome.findings.unreadable:
        raise typer.Exit(1)


def write_report(
    classifier: "Classifier",
    images: "ImageList",
    file: Path,
    outcome: "Classified",
    *,
    remark: str = "",
) -> None:
    """The page on a job."""
    from hemoscope.inference import look_again
    from hemoscope.reports import About, write_classification_report

    found = outcome.findings
    looks = look_again(classifier, images.table_of(found.look_first), found.look_first)
    warning = str(outcome.other_source or "")
    write_classification_report(
        found,
        file,
        images=images.table_of(found.shown),
        looks=looks,
        per_100=outcome.per_100,
        about=About(
            outcome.provenance,
            outcome.cells.name,
            remark,
            warning,
            _expected(classifier),
            outcome.provenance.get("adapted_to", {}).get("cells", 0),
        ),
    )


def _expected(classifier: "Classifier") -> str:
    """The prior in words; "" without one."""
    prior = classifier.judge.prior
    if prior is None:
        return ""
    shares = sorted(prior.shares(classifier.classes).items(), key=lambda share: -share[1])
    return ", ".join(f"{name} {100 * share:.2g} %" for name, share in shares)


def _remove_report(file: Path, _outcome: "Classified") -> None:
    """Takes away the page of an earlier job, whose cells these are not."""
    if not file.is_file():
        return  # what draws need not be loaded
    from hemoscope.reports.html.former import remove_report
    from hemoscope.reports.html.page import data_folder

    remove_report(file, data_folder(file))


def _summary(
    outcome: "Classified", out: Path, report: bool, classifier: "Classifier"
) -> dict[str, Any]:
    found, prior = outcome.findings, classifier.judge.prior
    return {
        "out": str(out),
        "table": str(outcome.cells),
        "predictions": str(outcome.predictions),
        "report": str(out / "report.html") if report else None,
        "cells": found.cells,
        "calibrated": found.calibrated,
        "accepted": found.accepted,
        "to_look_at": found.doubtful,
        "unknown": found.counted.unknown,
        "differential": found.counted.records(),
        "per_100_white_cells": None if outcome.per_100 is None else _per_100(outcome.per_100),
        "other_source": _other_source(outcome),
        "prior": None if prior is None else prior.shares(classifier.classes),
        "adapted_to": outcome.provenance.get("adapted_to"),
        "unreadable_count": found.unreadable,
        "unreadable": [{"path": f.path, "cause": f.problem} for f in found.failures],
        "resumed_after": outcome.resumed_after,
    }


def _other_source(outcome: "Classified") -> dict[str, Any] | None:
    found = outcome.other_source
    if found is None:
        return None
    return {"suspected": found.suspected, "share": found.share, "expected": found.expected}


def _per_100(differential: "Differential") -> list[dict[str, Any]]:
    return [
        {
            "class": row.name,
            "white": row.white,
            "per_100": row.per_100,
            "estimate": row.estimate,
            "low": row.low,
            "high": row.high,
        }
        for row in differential
    ]


def print_outcome(outcome: "Classified", out: Path, *, report: bool) -> None:
    """The differential on standard output; the rest, and where the files are, on standard error."""
    found = outcome.findings
    rows = [tuple(record.values()) for record in found.counted.records()]
    print_table("Differential (research use only)", ("class", "cells", "share"), rows)
    if outcome.per_100 is not None:
        print_table(
            "Per 100 white cells; estimate and 95 % limits allow for counting and for wrong calls",
            ("class", "counted", "estimate", "low", "high"),
            [(r.name, r.per_100, r.estimate, r.low, r.high) for r in outcome.per_100],
        )
    if not found.calibrated:
        note("The model has no calibration: probabilities are plain softmax, no cell is accepted.")
    else:
        unknown = found.counted.unknown
        strange = f", {unknown:,} of them like none of the classes" if unknown else ""
        note(
            f"{found.accepted:,} cells accepted; a person must look at {found.doubtful:,}{strange}."
        )
    if outcome.other_source is not None and outcome.other_source.suspected:
        note(f"WARNING: {outcome.other_source}")
    if "prior" in outcome.provenance:
        note(f"Classes are weighed by the expected mix {outcome.provenance['prior']}.")
    if "adapted_to" in outcome.provenance:
        cells = outcome.provenance["adapted_to"]["cells"]
        note(f"What this source does to the looks of its cells was learned from {cells:,} of them.")
    where = f", {out / 'report.html'}" if report else ""
    note(f"{found.cells:,} cells → {outcome.cells}{where}")


def _note_passed_over(files: Mapping[str, str]) -> None:
    if files:
        first, why = next(iter(files.items()))
        note(f"{len(files):,} files were passed over, the first is {first!r} ({why}).")


def _note_unreadable(found: "Findings") -> None:
    if not found.unreadable:
        return
    note(f"{found.unreadable:,} of {found.cells + found.unreadable:,} images cannot be read:")
    for failure in found.failures[:10]:
        note(f"  {failure.path}: {failure.problem}")
    if found.unreadable > 10:
        note(f"  … and {found.unreadable - 10:,} more")
