"""`hemoscope cells`: what a SOURCE holds."""

from hemoscope.cli.options import Json, Source, SplitColumn, Use
from hemoscope.cli.output import note_failures, print_json, print_table, progress_bar


def cells(
    source: Source, split_column: SplitColumn = None, use: Use = None, json: Json = False
) -> None:
    """Say what a SOURCE holds: counts, sizes, unreadable files."""
    from hemoscope.cells import open_cells, summarise_cells

    table = open_cells(source, split_column=split_column, use=use)
    with progress_bar("reading cells") as progress:
        summary = summarise_cells(table, progress=progress)
    if json:
        print_json(summary.to_dict())
        return
    _print(summary.to_dict())
    note_failures(summary.failures, len(table))
