"""`hemoscope claims`: the paper's numbers, and where each stands."""

import json as json_format
from pathlib import Path
from typing import Annotated

import typer


def claims(
    results: Annotated[
        Path | None,
        typer.Option(help="Our own measurements: a JSON file, or a folder of them."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Write here instead of to standard output.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="JSON instead of Markdown.")] = False,
) -> None:
    """Checks every number that the paper states, and writes the ledger as one page."""
    from hemoscope.claims import as_record, take_account, write_page

    account = take_account(results)
    if json:
        text = json_format.dumps(as_record(account), indent=2, ensure_ascii=False) + "\n"
    else:
        text = write_page(account)
    if out is None:
        typer.echo(text, nl=False)
    else:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(text, encoding="utf-8")
