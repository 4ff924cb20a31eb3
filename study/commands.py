"""The public commands, called as a user calls them, so that a study can go on after a kill."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NoReturn

from hemoscope.errors import HemoscopeError
from hemoscope.files import replacing

HEMOSCOPE = (sys.executable, "-m", "hemoscope")


def hemoscope(*arguments: str | Path, capture: bool = False) -> str:
    """Runs a verb; its standard output if that is asked for.

    Raises:
        subprocess.CalledProcessError: The verb failed.
    """
    command = [*HEMOSCOPE, *map(str, arguments)]
    # What `alone` has locked stays open in the verb: it is at work even if this process is killed.
    done = subprocess.run(
        command,
        check=True,
        text=True,
        stdout=subprocess.PIPE if capture else None,
        close_fds=False,
    )
    return done.stdout or ""


def tried(*arguments: str | Path) -> tuple[str | None, str]:
    """Runs a verb that may refuse its data: its standard output, or None and what it said."""
    command = [*HEMOSCOPE, *map(str, arguments)]
    done = subprocess.run(command, check=False, text=True, capture_output=True)
    if done.returncode == 0:
        return done.stdout, ""
    return None, done.stderr.strip()


def setting_options(settings: Iterable[str]) -> Iterator[str]:
    """Settings of a recipe, FIELD=VALUE each, as `hemoscope train` takes them."""
    for line in settings:
        yield from ("--set", line)


def train(cells: Path, run: Path, options: Sequence[str | Path]) -> None:
    """Trains, goes on with a training, or does nothing where it is done.

    Call it within `alone`: a training that is under way cannot be told from one that was killed.

    Args:
        cells: SOURCE.
        run: The run folder.
        options: What a new training is started with.
    """
    if (run / "model.safetensors").is_file():
        return
    if (run / "checkpoints" / "last.ckpt").is_file():
        hemoscope("train", cells, "--out", run, "--resume")
        return
    # Killed before its first checkpoint: there is nothing to go on from.
    shutil.rmtree(run, ignore_errors=True)
    hemoscope("train", cells, "--out", run, *options)


def predict(
    cells: Path,
    run: Path,
    table: Path,
    split: tuple[str, str] | None,
    *,
    features: bool = False,
) -> None:
    """Writes a predictions table, whole or not at all; does nothing where it is done.

    Args:
        cells: SOURCE.
        run: The run folder.
        table: The Parquet file to write.
        split: Column and value of the cells; None: all of them.
        features: Whether to write the features beside it.
    """
    if table.is_file():
        return
    # What lies beside the main table goes first, so that the main one means that all is there.
    part = table.parent / f".{table.stem}.part"
    shutil.rmtree(part, ignore_errors=True)
    chosen = () if split is None else ("--split-column", split[0], "--use", split[1])
    wanted = ("--features",) if features else ()
    hemoscope("predict", cells, *chosen, *wanted, "--model", run, "--out", part / table.name)
    for file in sorted(part.iterdir(), key=lambda file: file.name == table.name):
        file.replace(table.parent / file.name)
    part.rmdir()


def write_whole(file: Path, text: str) -> None:
    """In one step: a file that is there is a whole one."""
    with replacing(file) as draft:
        draft.write_text(text, encoding="utf-8")


def leave(main: Callable[[], int | None]) -> NoReturn:
    """Ends the process with what `main` returns; what a user can mend is one line, no traceback."""
    try:
        sys.exit(main())
    except HemoscopeError as error:
        sys.exit(f"study: {error}")
    except KeyboardInterrupt:
        sys.exit("study: stopped. The same command goes on from what is done.")
