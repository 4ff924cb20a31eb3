"""`hemoscope claims`: the paper's numbers, and where each stands."""

from pathlib import Path
from typing import Annotated

import typer

from hemoscope.cli.options import Json
from hemoscope.cli.output import note, print_json, print_table

Results = Annotated[
    Path | None,
    typer.Option("--results", help="Our own measurements: a JSON file, or a folder of them."),
]
Out = Annotated[
    Path | None, typer.Option("--out", help="Write the whole ledger to this Markdown file.")
]


def claims(results: Results = None, out: Out = None, json: Json = False) -> None:
    """Check the paper's numbers, by arithmetic and by our own runs."""
    from hemoscope.claims import as_record, save_page, take_account

    account = take_account(results)
    if out is not None:
        note(f"The ledger is in {save_page(account, out)}.")
    if json:
        print_json(as_record(account))
        return
    print_table(
        f"{len(account.ledger)} numbers of the paper; {len(account.contradictions)} contradictions",
        ("status", "claims"),
        [(str(status), count) for status, count in account.counts.items()],
    )
