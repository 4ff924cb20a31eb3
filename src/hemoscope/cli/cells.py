"""`hemoscope cells`: what a SOURCE holds."""

from collections.abc import Mapping
from typing import Any

import typer

from hemoscope.cli.options import Json, Source, SplitColumn, Use
from hemoscope.cli.output import note_failures, print_json, print_table, progress_bar


def cells(
    source: Source, split_column: SplitColumn = None, use: Use = None, json: Json = False
) -> None:
    """Say what a SOURCE holds: counts, sizes, unreadable files. Exit 1 if any is unreadable."""
    from hemoscope.cells import open_cells, summarise_cells

    table = open_cells(source, split_column=split_column, use=use)
    with progress_bar("reading cells") as progress:
        summary = summarise_cells(table, progress=progress)
    if json:
        print_json(summary.to_dict())
    else:
        _print(source, summary.to_dict())
        note_failures(summary.unreadable, summary.cells)
    if summary.unreadable:
        raise typer.Exit(1)


def _print(source: str, summary: Mapping[str, Any]) -> None:
    print_table(
        f"{source}: {summary['cells']:,} cells", ("class", "cells"), _rows(summary["classes"])
    )
    for column, values in summary["splits"].items():
        classes = list(summary["classes"])
        rows = [(name, *(v.get(name, 0) for v in values.values())) for name in classes]
        totals = ("all", *(sum(v.values()) for v in values.values()))
        print_table(column, ("class", *values), [*rows, totals])
    print_table("Stored as", ("size in pixels", "cells"), _rows(summary["sizes"])[:10])
    print_table("", ("format", "cells"), _rows(summary["formats"]))
    if summary["ignored"]:
        ignored = [(each["path"], each["cause"]) for each in summary["ignored"]]
        print_table("Passed over", ("file", "because"), ignored[:20])
    typer.echo(f"fingerprint {summary['fingerprint']}")


def _rows(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    return list(counts.items())
