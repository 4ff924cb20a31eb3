"""The end of a pruning: its folder becomes a run folder like any other."""

import shutil

import pandas as pd

from hemoscope.compression.curve import curve
from hemoscope.compression.errors import PruningError
from hemoscope.compression.folder import PruningFolder, read_called
from hemoscope.compression.journal import Journal, Step
from hemoscope.compression.task import Task
from hemoscope.files import replacing
from hemoscope.history import COLUMNS
from hemoscope.models.store import load_model
from hemoscope.training.recipe import Recipe
from hemoscope.training.recipe_files import dump_recipe
from hemoscope.training.run_folder import RunFolder, read_provenance, read_recipe, write_provenance


def finish(task: Task, journal: Journal) -> None:
    """Writes tables, figures, recipe, history, provenance, and the model last of all.

    Done again after an interruption, it does the same. Where no step was within the budget, the
    model is the original's.
    """
    folder, kept = task.folder, journal.kept
    _write_tables(task, journal)
    _draw(folder, journal)
    source = task.source if kept is None else folder.step(kept.step).run
    recipe = read_recipe(task.source) if kept is None else _recipe(task, source)
    write_provenance(folder.run, task.provenance | {"training_seconds": _seconds(task, journal)})
    folder.run.recipe.write_text(dump_recipe(recipe), encoding="utf-8")
    with replacing(folder.run.model, PruningError) as draft:
        shutil.copyfile(source.model, draft)
    shutil.rmtree(folder.steps)


def _recipe(task: Task, run: RunFolder) -> Recipe:
    """Of the last fine-tuning, with the model that came of it."""
    return task.recipe.model_copy(update={"model": load_model(run.model).model.config})


def _accepted(task: Task, journal: Journal) -> list[RunFolder]:
    """The fine-tunings that the kept model went through."""
    runs = [task.folder.step(step.step).run for step in journal.steps if step.accepted]
    return [run for run in runs if run.history.is_file()]


def _seconds(task: Task, journal: Journal) -> float:
    runs = _accepted(task, journal)
    return round(sum(read_provenance(run).get("training_seconds", 0.0) for run in runs), 1)


def _write_tables(task: Task, journal: Journal) -> None:
    folder = task.folder
    curve(journal).to_csv(folder.path / "pruning.csv", index=False)
    _validation(task, journal.steps).to_csv(folder.path / "validation.csv", index=False)
    tuned = [pd.read_csv(run.history) for run in _accepted(task, journal)]
    if tuned:
        history = pd.concat(tuned, ignore_index=True).assign(epoch=lambda t: t.index + 1)
        history.loc[:, list(COLUMNS)].to_csv(folder.run.history, index=False)
    elif task.source.history.is_file():
        shutil.copyfile(task.source.history, folder.run.history)


def _validation(task: Task, steps: tuple[Step, ...]) -> pd.DataFrame:
    """What each validation cell was called after each step; step 0 is the original."""
    cells = task.cells.validation
    names = pd.Series(task.classes)
    table = {"path": task.table.paths[cells.rows], "label": names[cells.targets].to_numpy()}
    for number in (0, *(step.step for step in steps)):
        called = read_called(task.folder.step(number).called)
        table[f"step_{number}"] = names[called].to_numpy()
    return pd.DataFrame(table)


def _draw(folder: PruningFolder, journal: Journal) -> None:
    from hemoscope.reports import save_history_figure  # noqa: PLC0415 (opens matplotlib)
    from hemoscope.reports.figure import save_figure  # noqa: PLC0415
    from hemoscope.reports.plots.pruning import PruningFigure, ScoresFigure  # noqa: PLC0415

    if folder.run.history.is_file():
        save_history_figure(pd.read_csv(folder.run.history), folder.path / "history.svg")
    drawn = PruningFigure(curve(journal), journal.settings.max_loss)
    save_figure(drawn, folder.path / "pruning.svg")
    scored = pd.read_csv(folder.path / "scores.csv", dtype={"head": "Int64"})
    save_figure(ScoresFigure(scored), folder.path / "scores.svg")
