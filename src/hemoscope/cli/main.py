"""`hemoscope VERB …`: the verbs, and what happens when one fails."""

import errno
import gc
import os
import sys

import typer

import hemoscope
from hemoscope.cli.audit import audit
from hemoscope.cli.calibrate import calibrate
from hemoscope.cli.cells import cells
from hemoscope.cli.claims import claims
from hemoscope.cli.classify import classify
from hemoscope.cli.compare import compare
from hemoscope.cli.demo import demo
from hemoscope.cli.doctor import doctor
from hemoscope.cli.evaluate import evaluate
from hemoscope.cli.explain import explain
from hemoscope.cli.export import export
from hemoscope.cli.models import models
from hemoscope.cli.predict import predict
from hemoscope.cli.prune import prune
from hemoscope.cli.review import review
from hemoscope.cli.split import split
from hemoscope.cli.train import train
from hemoscope.cli.twins import twins
from hemoscope.errors import HemoscopeError

app = typer.Typer(
    name="hemoscope",
    help="Looks at microscope images of single blood cells: what each one is, how sure it is, "
    "and when a person must look. A research tool, not a medical device.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,  # a plain page comes in half the time of a framed one
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

VERBS = (
    *(cells, audit, split, models, train, predict, calibrate, evaluate, compare),
    *(twins, classify, review, explain, export, prune, claims, demo, doctor),
)
for _verb in VERBS:
    app.command()(_verb)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"hemoscope {hemoscope.__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help="Print the version and stop."
    ),
) -> None:
    """The options before the verb."""


_NO_ROOM = "Make room on the disk, or write to another one."
_NO_RIGHT = "Name a place that you may read and write, or change who may."
_ADVICE = {
    errno.ENOSPC: _NO_ROOM,
    errno.EDQUOT: _NO_ROOM,
    errno.EACCES: _NO_RIGHT,
    errno.EROFS: _NO_RIGHT,
    errno.ENAMETOOLONG: "No file has such a long name: check the path for a slip.",
}


_NEW_OBJECTS = 100_000
"""So many more than were dropped make Python look for garbage.

A verb begins by loading some thousand modules, of which nothing becomes garbage. By Python's own
limit it looks for some so often that this takes an eighth of the time of naming one cell.
"""


def main() -> None:
    """Runs a verb; a user's mistake becomes one message on standard error, and an exit code."""
    gc.set_threshold(_NEW_OBJECTS)
    try:
        app()
    except HemoscopeError as error:
        typer.echo(f"hemoscope: {error}", err=True)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        # The reader (head, less) has gone.
        _let_go_of_output()
        sys.exit(1)
    except OSError as error:
        if error.errno not in _ADVICE:
            raise
        _let_go_of_output()
        where = "" if error.filename is None else f"{error.filename}: "
        typer.echo(f"hemoscope: {where}{error.strerror}. {_ADVICE[error.errno]}", err=True)
        sys.exit(1)


def _let_go_of_output() -> None:
    """What cannot be written would make Python complain once more while shutting down."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
