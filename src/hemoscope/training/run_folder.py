"""The run folder: what a training leaves behind, and all that later rooms need of it.

recipe.yaml          the recipe, every default written out
provenance.json      data, versions, hardware, git, time
history.csv          one row an epoch
history.svg          the same as curves
model.safetensors    the kept model, with its configuration and classes
checkpoints/         for resuming
"""

import json
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hemoscope.errors import HemoscopeError, UsageError
from hemoscope.files import cause, replacing
from hemoscope.inference.bundle import trained_model_file
from hemoscope.training.recipe import Recipe
from hemoscope.training.recipe_files import dump_recipe, load_recipe


class RunFolderError(HemoscopeError):
    """A run folder that is missing, taken, or does not fit what is asked of it."""


class NoRunError(RunFolderError, UsageError):
    """A run was named that is not there."""


@dataclass(frozen=True)
class RunFolder:
    """The places in a run folder."""

    path: Path

    @property
    def recipe(self) -> Path:
        """The resolved recipe."""
        return self.path / "recipe.yaml"

    @property
    def provenance(self) -> Path:
        """What the run was made of."""
        return self.path / "provenance.json"

    @property
    def history(self) -> Path:
        """One row an epoch."""
        return self.path / "history.csv"

    @property
    def model(self) -> Path:
        """The kept model."""
        return trained_model_file(self.path)

    @property
    def checkpoints(self) -> Path:
        """Where training goes on from."""
        return self.path / "checkpoints"

    @property
    def last_checkpoint(self) -> Path:
        """The newest complete epoch."""
        return self.checkpoints / "last.ckpt"

    @property
    def best_checkpoint(self) -> Path:
        """The best complete epoch; only where the recipe keeps that one."""
        return self.checkpoints / "best.ckpt"

    @property
    def finished(self) -> bool:
        """Whether training came to its end: the model is written last."""
        return self.model.is_file()


def start_run(path: Path, recipe: Recipe, provenance: dict[str, Any]) -> RunFolder:
    """Makes a run folder and writes down what the run is.

    Raises:
        RunFolderError: There is a run in the folder already, or it cannot be written.
    """
    run = RunFolder(path)
    if run.recipe.exists():
        raise RunFolderError(
            f"{path} holds a run already. Go on with it by --resume, or name another folder."
        )
    try:
        run.checkpoints.mkdir(parents=True, exist_ok=True)
        write_provenance(run, provenance)
        run.recipe.write_text(dump_recipe(recipe), encoding="utf-8")
    except OSError as error:
        raise RunFolderError(f"cannot write to {path}: {cause(error)}.") from error
    return run


def withdraw_run(run: RunFolder) -> None:
    """Takes back what `start_run` wrote, for a run in which nothing was learned.

    Folders go only where they are empty: whatever else lies in them stays.
    """
    run.recipe.unlink(missing_ok=True)
    run.provenance.unlink(missing_ok=True)
    with suppress(OSError):
        run.checkpoints.rmdir()
        run.path.rmdir()


def open_run(path: Path) -> RunFolder:
    """The run folder at a path.

    Raises:
        NoRunError: There is no such folder.
        RunFolderError: It is no run folder.
    """
    run = RunFolder(path)
    if not path.is_dir():
        raise NoRunError(f"there is no run folder at {path}. Make one with `hemoscope train`.")
    if not run.recipe.is_file():
        raise RunFolderError(f"{path} is no run folder (it has no recipe.yaml).")
    return run


def read_recipe(run: RunFolder) -> Recipe:
    """The recipe that a run was started with."""
    return load_recipe(str(run.recipe))


def read_provenance(run: RunFolder) -> dict[str, Any]:
    """What a run was made of.

    Raises:
        RunFolderError: `provenance.json` is missing, cannot be read, or is damaged.
    """
    try:
        provenance = json.loads(run.provenance.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise RunFolderError(
            f"{run.path} has no provenance.json, which says what the run was made of. Copy the "
            "run folder whole."
        ) from error
    except OSError as error:
        raise RunFolderError(f"cannot read {run.provenance}: {cause(error)}.") from error
    except ValueError as error:
        raise _damaged(run, str(error)) from error
    if not isinstance(provenance, dict):
        raise _damaged(run, "it holds no JSON object")
    return provenance


def _damaged(run: RunFolder, why: str) -> RunFolderError:
    return RunFolderError(
        f"{run.provenance} is damaged ({why}). Put back the one that the run was made with."
    )


def write_provenance(run: RunFolder, provenance: dict[str, Any]) -> None:
    """Writes `provenance.json` in one step, so that a kill leaves the old or the new one.

    Raises:
        RunFolderError: It cannot be written.
    """
    with replacing(run.provenance, RunFolderError) as draft:
        draft.write_text(json.dumps(provenance, indent=2) + "\n", encoding="utf-8")
