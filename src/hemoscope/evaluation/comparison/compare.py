"""`compare`: several predictions tables on the same cells, side by side and tested in pairs."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Literal

import pandas as pd

from hemoscope.cell_set import refuse_fitted_cells
from hemoscope.evaluation.comparison.align import align
from hemoscope.evaluation.comparison.pairs import Contender, compare_pair, correct, influences
from hemoscope.evaluation.comparison.seeds import seed_spreads
from hemoscope.evaluation.comparison.tables import accuracy_row, training_row
from hemoscope.evaluation.errors import UnknownTableError
from hemoscope.evaluation.evaluate import BINS, RESAMPLES, evaluate_with_resamples
from hemoscope.evaluation.headline import no_resamples
from hemoscope.evaluation.hierarchy import Hierarchy
from hemoscope.evaluation.result import Comparison
from hemoscope.evaluation.scored import Scored
from hemoscope.predictions import Predictions


def compare(  # noqa: PLR0913 (the options of `evaluate`, seeds and histories)
    tables: Mapping[str, Predictions],
    *,
    seeds: Mapping[str, Sequence[str]] | None = None,
    histories: Mapping[str, pd.DataFrame] | None = None,
    bins: int = BINS,
    resamples: int = RESAMPLES,
    seed: int = 0,
    level: float = 0.95,
    hierarchy: Hierarchy | Literal["auto"] | None = "auto",
    allow_fitted_cells: bool = False,
) -> Comparison:
    """Sets models side by side and tests every pair.

    Args:
        tables: Model name to labelled predictions; the same cells in any order.
        seeds: Model name to the table names that are its seeds, for mean ± SD.
        histories: Table name to training history, for Table 4's times.
        bins: Calibration bins.
        resamples: Bootstrap resamples, the same ones for every model; 0 for none.
        seed: Seed of the resampling.
        level: Nominal coverage of the intervals.
        hierarchy: The tree in which the classes stand, as for `evaluate`.
        allow_fitted_cells: Whether cells that a table's calibration was fitted on may be compared.

    Raises:
        HierarchyError: The classes do not stand in the hierarchy that was asked for.
        PredictionsError: A table has no labels.
        EvaluationError: The tables are not about the same cells, classes and labels, or a name
            in `seeds` or `histories` stands for no table.
        FittedCellsError: A table's calibration was applied to cells that it was fitted on.
    """
    if not allow_fitted_cells:
        for name, table in tables.items():
            refuse_fitted_cells(table, name)
    aligned = _same_groups(align(tables))
    known = histories or {}
    _check_names(known, aligned)
    contenders = []
    for name, table in aligned.items():
        evaluation, resampled = evaluate_with_resamples(
            table,
            bins=bins,
            resamples=resamples,
            seed=seed,
            level=level,
            history=known.get(name),
            hierarchy=hierarchy,
        )
        scored = Scored.of(table)
        resampled = no_resamples(scored, bins) | resampled
        contenders.append(Contender(name, scored, evaluation, influences(scored), resampled))
    evaluations = {c.name: c.evaluation for c in contenders}
    return Comparison(
        models=tuple(aligned),
        classes=contenders[0].scored.classes,
        cells=len(contenders[0].scored),
        settings=contenders[0].evaluation.settings,
        evaluations=evaluations,
        table4={name: training_row(e) for name, e in evaluations.items()},
        table5={name: accuracy_row(e) for name, e in evaluations.items()},
        pairs=correct([compare_pair(*pair) for pair in combinations(contenders, 2)]),
        seeds=seed_spreads(seeds or {}, {c.name: c for c in contenders}),
    )


def _same_groups(tables: dict[str, Predictions]) -> dict[str, Predictions]:
    """Gives every table the groups of the first that has any, so that resamples are paired."""
    groups = next((t.groups for t in tables.values() if t.groups is not None), None)
    return {name: replace(table, groups=groups) for name, table in tables.items()}


def _check_names(histories: Mapping[str, pd.DataFrame], tables: Mapping[str, Predictions]) -> None:
    unknown = [name for name in histories if name not in tables]
    if unknown:
        raise UnknownTableError(
            f"there is a training history for {', '.join(unknown)}, which is not among the tables "
            f"({', '.join(tables)})."
        )
