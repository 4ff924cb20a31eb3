"""What a verb prints: results on standard output, everything else on standard error."""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import typer

from hemoscope.errors import HemoscopeError, UsageError
from hemoscope.files import check_writable


def print_json(value: dict[str, Any]) -> None:
    """One JSON object on standard output."""
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False))


def note(message: str) -> None:
    """A remark on standard error."""
    typer.echo(message, err=True)


def print_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """A table on standard output; numbers stand right, and what is too long goes on below."""
    from rich.console import Console
    from rich.table import Table

    table = Table(title=title, title_justify="left", title_style="bold")
    for place, name in enumerate(columns):
        numeric = bool(rows) and all(isinstance(r[place], int | float | None) for r in rows)
        table.add_column(name, justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        table.add_row(*(_cell(value) for value in row))
    # A pipe or a file has no width of its own. Names of files and classes are no markup.
    width = None if sys.stdout.isatty() else 200
    Console(width=width, markup=False, emoji=False, highlight=False).print(table)


@contextmanager
def progress_bar(what: str, *, shown: bool = True) -> Iterator[Callable[[int, int | None], None]]:
    """A bar on standard error, told (done, total or None); silent where there is no terminal."""
    if not (shown and sys.stderr.isatty()):
        yield lambda _done, _total: None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task(what, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


def check_out_folder(out: Path) -> None:
    """Tries whether results can be written into a folder, before any work is done for them.

    Raises:
        UsageError: It is a file.
        HemoscopeError: It cannot be made or written.
    """
    if out.is_file():
        raise UsageError(f"--out {out} is a file. Name a folder.")
    check_writable(out / "results", HemoscopeError)


def note_failures(failures: Sequence[Any], total: int) -> None:
    """Names unreadable images, the first few in full."""
    if not failures:
        return
    note(f"{len(failures)} of {total} images cannot be read and are left out:")
    for failure in failures[:10]:
        note(f"  {failure.path}: {failure.cause}")
    if len(failures) > 10:
        note(f"  … and {len(failures) - 10} more")


def _cell(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    return f"{value:,}" if isinstance(value, int) else f"{value:.4f}"
