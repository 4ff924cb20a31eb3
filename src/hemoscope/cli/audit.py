"""`hemoscope audit`: what is wrong with a SOURCE, before anyone trains on it."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hemoscope.cli.options import Json, Source, SplitColumn, Use
from hemoscope.cli.output import check_out_folder, note, print_json, print_table, progress_bar

if TYPE_CHECKING:
    from hemoscope.audit.audit import Audit, Stage


def audit(
    source: Source,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            help="Folder to write: findings.json, groups.csv, pairs.csv, cleaned.csv, audit.html.",
        ),
    ] = None,
    predictions: Annotated[
        Path | None,
        typer.Option("--predictions", help="Out-of-sample predictions, to find label errors."),
    ] = None,
    reference: Annotated[
        str | None, typer.Option("--reference", help="SOURCE to compare with (drift).")
    ] = None,
    split: Annotated[
        list[str] | None,
        typer.Option("--split", help="Column to look for leaks in; default: all named *split*."),
    ] = None,
    split_column: SplitColumn = None,
    use: Use = None,
    json: Json = False,
) -> None:
    """Find duplicates, leaks, label errors, shortcuts, damaged files.

    Exits with 1 when something serious is found.
    """
    from hemoscope.audit import audit as audit_cells
    from hemoscope.cells import default_cache_directory, open_cells
    from hemoscope.predictions import Predictions

    if out is not None:
        check_out_folder(out)
    table = open_cells(source, split_column=split_column, use=use)
    with _stages() as stage:
        result = audit_cells(
            table,
            splits=split or None,
            predictions=None if predictions is None else Predictions.read(predictions),
            reference=None if reference is None else open_cells(reference),
            cache=default_cache_directory(),
            stage=stage,
        )
    if out is not None:
        _write(result, out, source)
    if json:
        print_json(result.to_dict())
    else:
        _print(result, source)
    if result.serious:
        raise typer.Exit(1)


def _write(result: "Audit", out: Path, source: str) -> None:
    from hemoscope.audit.output import write_tables
    from hemoscope.reports.audit import write_audit_report

    write_tables(result, out)
    write_audit_report(result, out / "audit.html", title=source)
    note(f"audit → {out}")
    if result.case.table.arrays:
        note(
            "cleaned.csv was not written: a manifest names image files, and these cells stand in "
            "an array file (.npz)."
        )


def _print(result: "Audit", source: str) -> None:
    rows = [(f.code, f.severity.value, f.title, f.explanation) for f in result.findings]
    print_table(
        f"{source}: {len(result.case.table):,} cells, {len(rows)} findings",
        ("code", "severity", "what", "in a sentence"),
        rows,
    )


@contextmanager
def _stages() -> Iterator["Stage"]:
    """One progress bar after another."""
    with ExitStack() as bars:

        def stage(what: str):
            bars.close()
            return bars.enter_context(progress_bar(what))

        yield stage
