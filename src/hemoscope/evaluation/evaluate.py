"""`evaluate`: a labelled predictions table in, every statistic out."""

from collections.abc import Iterable, Iterator
from typing import Literal

import numpy as np
import pandas as pd

from hemoscope.cell_set import refuse_fitted_cells, without_digests
from hemoscope.evaluation.arrays import Array, Counts
from hemoscope.evaluation.confusion import confusion_matrix
from hemoscope.evaluation.dynamics import training_dynamics
from hemoscope.evaluation.errors import EvaluationError
from hemoscope.evaluation.headline import resampled_figures
from hemoscope.evaluation.hierarchy.figures import HierarchyFigures
from hemoscope.evaluation.hierarchy.pbc import HIERARCHIES
from hemoscope.evaluation.hierarchy.section import hierarchy_figures, resampled_hierarchy
from hemoscope.evaluation.hierarchy.tree import Hierarchy, matching_hierarchy
from hemoscope.evaluation.intervals.percentile import percentile_limits
from hemoscope.evaluation.intervals.resampling import Resampling
from hemoscope.evaluation.notes import Notes
from hemoscope.evaluation.result import Evaluation, Settings
from hemoscope.evaluation.scored import Scored
from hemoscope.evaluation.sections.calibration import calibration_section
from hemoscope.evaluation.sections.curves import curve_sections
from hemoscope.evaluation.sections.report import confusion_section, report_section
from hemoscope.evaluation.sections.selection import selective_section, separation_section
from hemoscope.predictions import Predictions

BINS = 15
RESAMPLES = 1000
ONE_CELL = "a class has one cell only, and no resample differs from it in that class"
CLASS_AVERAGES = ("balanced_accuracy", "f1_sd", "macro.", "roc.macro.", "pr.macro.", "separation.")
NO_RESAMPLES = "no bootstrap resamples were asked for"


def evaluate(  # noqa: PLR0913 (each is an option of the verb)
    predictions: Predictions,
    *,
    bins: int = BINS,
    resamples: int = RESAMPLES,
    seed: int = 0,
    level: float = 0.95,
    history: pd.DataFrame | None = None,
    allow_fitted_cells: bool = False,
    hierarchy: Hierarchy | Literal["auto"] | None = "auto",
) -> Evaluation:
    """Computes every statistic of a labelled predictions table.

    Args:
        predictions: A table with labels. With groups, all intervals treat the cells of one group
            as dependent.
        bins: Calibration bins, at least 1.
        resamples: Bootstrap resamples; 0 leaves only the intervals that need none.
        seed: Seed of all random draws; the same table and seed give the same numbers.
        level: Nominal coverage of the intervals, in (0, 1).
        history: A training run's history (see `training_dynamics`), for the training dynamics.
        allow_fitted_cells: Whether cells that a calibration was fitted on may be evaluated with it.
        hierarchy: The tree in which the classes stand; "auto": the known one that holds them all,
            if there is one; None: none.

    Raises:
        HierarchyError: The classes do not stand in the hierarchy that was asked for.
        PredictionsError: The table has no labels.
        EvaluationError: The table has no cells, or an option is out of range.
        FittedCellsError: A calibration was applied to cells that it was fitted on.
    """
    if not allow_fitted_cells:
        refuse_fitted_cells(predictions)
    return evaluate_with_resamples(
        predictions,
        bins=bins,
        resamples=resamples,
        seed=seed,
        level=level,
        history=history,
        hierarchy=hierarchy,
    )[0]


def evaluate_with_resamples(
    predictions: Predictions,
    *,
    bins: int,
    resamples: int,
    seed: int,
    level: float,
    history: pd.DataFrame | None,
    hierarchy: Hierarchy | Literal["auto"] | None = "auto",
) -> tuple[Evaluation, dict[str, Array]]:
    """`evaluate`, and with it the resampled headline figures (path to (resamples,) values)."""
    _check(bins, resamples, level)
    scored = Scored.of(predictions)
    settings = Settings(bins, level, resamples, seed, grouped=scored.groups is not None)
    notes = Notes(settings)
    matrix = confusion_matrix(scored.truth, scored.predicted, len(scored.classes))
    tree = _tree(predictions, hierarchy)
    in_tree, tree_drawn = (None, {}) if tree is None else _hierarchy(tree, matrix, scored, notes)
    report = report_section(matrix, scored, notes)
    roc, pr = curve_sections(scored, notes)
    evaluation = Evaluation(
        classes=scored.classes,
        cells=len(scored),
        groups=scored.group_count,
        settings=settings,
        **report,
        roc=roc,
        pr=pr,
        calibration=calibration_section(scored, notes),
        confusion=confusion_section(matrix, predictions, scored, notes),
        separation=separation_section(scored, notes),
        selective=selective_section(scored),
        dynamics=None if history is None else training_dynamics(history),
        intervals=notes.intervals,
        undefined=notes.undefined,
        no_interval=notes.no_interval,
        provenance=without_digests(predictions.provenance),
        hierarchy=in_tree,
    )
    return evaluation, _bootstrap(scored, notes) | tree_drawn


def _tree(predictions: Predictions, asked: Hierarchy | Literal["auto"] | None) -> Hierarchy | None:
    if asked == "auto":
        return matching_hierarchy(predictions.classes, HIERARCHIES.values())
    return asked


def _hierarchy(
    tree: Hierarchy, matrix: Counts, scored: Scored, notes: Notes
) -> tuple[HierarchyFigures, dict[str, Array]]:
    """The figures, and their draws; the bootstrap intervals go among the notes."""
    settings = notes.settings
    drawn = settings.resamples if scored.group_count != 1 else 0
    plan = Resampling(scored.truth, scored.groups, drawn, settings.seed)
    cells = scored.truth * len(scored.classes) + scored.predicted
    shares = resampled_hierarchy(tree, scored.classes, cells, plan)
    draws = {f"hierarchy.{path}": values for path, values in shares.items()}
    for path, values in draws.items() if drawn else ():
        limits = percentile_limits(values, settings.level)
        notes.interval(path, limits, plan.method, drawn=drawn)
    figures = hierarchy_figures(tree, scored.classes, matrix)
    for name in ("mistake_common_depth", "mistake_distance"):
        notes.number(f"hierarchy.{name}", getattr(figures, name), "no cell was called wrong")
    return figures, draws


def _check(bins: int, resamples: int, level: float) -> None:
    if bins < 1:
        raise EvaluationError(f"bins is {bins}; calibration needs at least 1 bin (15 is usual).")
    if resamples < 0:
        raise EvaluationError(f"resamples is {resamples}; give 0 for none, or 1000 as is usual.")
    if not 0 < level < 1:
        raise EvaluationError(f"level is {level}; it is a share between 0 and 1, such as 0.95.")


def _bootstrap(scored: Scored, notes: Notes) -> dict[str, Array]:
    """Notes the bootstrap interval of each figure that has no interval of its own yet."""
    settings = notes.settings
    plan = Resampling(scored.truth, scored.groups, settings.resamples, settings.seed)
    if settings.resamples == 0:
        notes.no_interval["*"] = NO_RESAMPLES
        return {}
    if scored.group_count == 1:
        notes.no_interval["*"] = "all cells are of one group, which cannot be resampled"
        return {}
    figures = resampled_figures(scored, plan, settings.bins)
    for path in _resting_on_one_cell(scored, figures):
        notes.no_interval.setdefault(path, ONE_CELL)
    for path, values in figures.items():
        if path not in notes.undefined | notes.intervals | notes.no_interval:
            limits = percentile_limits(values, settings.level)
            notes.interval(path, limits, plan.method, drawn=settings.resamples)
    return figures


def _resting_on_one_cell(scored: Scored, paths: Iterable[str]) -> Iterator[str]:
    """The figures of a class of one cell, and averages in which it weighs as much as any other.

    A stratified resample holds that cell once, as the table does: it seems to have no variance.
    """
    counts = np.bincount(scored.truth, minlength=len(scored.classes))
    alone = [name for name, count in zip(scored.classes, counts, strict=True) if count == 1]
    if not alone or scored.groups is not None:
        return
    own = tuple(f"{part}per_class.{name}." for name in alone for part in ("", "roc.", "pr."))
    for path in paths:
        if path.startswith((*own, *CLASS_AVERAGES)):
            yield path
