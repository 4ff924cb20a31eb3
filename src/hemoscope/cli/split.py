"""`hemoscope split`: a manifest with a split column."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from hemoscope.cli.options import Json, Source
from hemoscope.cli.output import print_json, print_table
from hemoscope.errors import UsageError

_FRACTIONS = "train=0.7,val=0.1,test=0.2"


class Method(StrEnum):
    """The ways to split."""

    STRATIFIED = "stratified"
    GROUPED = "grouped"
    PAPER = "paper"


def split(
    source: Source,
    out: Annotated[Path, typer.Option("--out", help="The manifest CSV to write.")],
    method: Annotated[
        Method,
        typer.Option(
            "--method",
            help="stratified: at random, class by class; grouped: a group never on two sides; "
            "paper: the seed-42 split of Alshehri et al.",
        ),
    ] = Method.STRATIFIED,
    fractions: Annotated[
        str | None,
        typer.Option(help="Shares of the parts, by name. Default: train=0.7,val=0.1,test=0.2"),
    ] = None,
    groups: Annotated[
        Path | None,
        typer.Option("--groups", help="A CSV with the columns path and group; implies grouped."),
    ] = None,
    group_column: Annotated[str, typer.Option(help="Column that holds the group.")] = "group",
    column: Annotated[str, typer.Option(help="Name of the column to write.")] = "split",
    seed: Annotated[int, typer.Option(min=0)] = 42,
    json: Json = False,
) -> None:
    """Write a manifest with a split column.

    The same seed and cells give the same split.
    """
    from hemoscope.cells import (
        open_cells,
        split_grouped,
        split_paper,
        split_stratified,
        with_groups,
        write_manifest,
    )

    method = method if groups is None else Method.GROUPED
    column, group_column = column.strip(), group_column.strip()  # as in every manifest
    _check_columns(column, group_column, written=groups is not None)
    _check_paper(method, fractions)
    if out.suffix.lower() != ".csv":
        raise UsageError(f"--out {out} has to end in .csv, by which other verbs know a manifest.")
    fractions = fractions or _FRACTIONS
    shares = _shares(fractions)
    table = open_cells(source)
    if groups is not None:
        table = with_groups(table, groups, group_column)
    if method is Method.PAPER:
        done = split_paper(table, seed=seed, column=column)
    elif method is Method.GROUPED:
        done = split_grouped(table, shares, seed=seed, groups=group_column, column=column)
    else:
        done = split_stratified(table, shares, seed=seed, column=column)
    provenance = {"source": source, "method": method.value, "seed": seed}
    if groups is not None:
        provenance["groups"] = str(groups)
    if method is not Method.PAPER:  # which has shares of its own
        provenance["fractions"] = fractions
    written = write_manifest(done, out, provenance=provenance)
    label = "label" if "label" in written.frame else [""] * len(written)  # "": nobody named them
    counts = written.frame.groupby([label, column]).size().unstack(fill_value=0)
    if json:
        splits = {str(name): counts[name].to_dict() for name in counts}
        print_json({"manifest": str(out), "splits": splits, "fingerprint": written.fingerprint()})
        return
    rows = [
        (str(name) or "(no label)", *map(int, row))
        for name, row in zip(counts.index, counts.to_numpy(), strict=True)
    ]
    print_table(f"{out}", ("class", *map(str, counts.columns)), rows)
    typer.echo(f"fingerprint {written.fingerprint()}")


def _check_columns(column: str, group_column: str, *, written: bool) -> None:
    """Refuses a column that would take the place of what is known of the cells.

    Args:
        column: That of the split.
        group_column: That of the groups.
        written: Whether the groups come from a file, and so are written too.
    """
    from hemoscope.cells.table import RESERVED

    if column in (*RESERVED, group_column):
        raise UsageError(
            f"--column {column!r} would write the split over the {column!r} of every cell. Choose "
            "another name, such as split."
        )
    if written and group_column in set(RESERVED) - {"group"}:
        raise UsageError(
            f"--group-column {group_column!r} would write the groups over the {group_column!r} of "
            "every cell. Choose another name, such as group."
        )


def _check_paper(method: Method, fractions: str | None) -> None:
    if method is Method.PAPER and fractions is not None:
        raise UsageError(
            "--method paper holds out a fifth of the cells and takes no --fractions. Leave them "
            "away, or choose --method stratified."
        )


def _shares(text: str) -> dict[str, float]:
    try:
        pairs = [part.split("=") for part in text.split(",")]
        return {name.strip(): float(share) for name, share in pairs}
    except ValueError as error:
        raise UsageError(
            f"--fractions {text!r}: write it as train=0.7,val=0.1,test=0.2."
        ) from error
