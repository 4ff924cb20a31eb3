"""The hierarchical part of an evaluation, with bootstrap intervals."""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from hemoscope.evaluation.arrays import Array, Counts
from hemoscope.evaluation.hierarchy.figures import HierarchyFigures
from hemoscope.evaluation.hierarchy.scores import (
    Distances,
    accuracy_at,
    hierarchical_f1,
    hierarchical_precision,
    hierarchical_recall,
    mean_common_depth,
    mean_distance,
    mistakes_only,
    same_at,
)
from hemoscope.evaluation.hierarchy.tree import Hierarchy
from hemoscope.evaluation.intervals.resampling import Resampling


def hierarchy_figures(
    hierarchy: Hierarchy, classes: Sequence[str], matrix: Counts
) -> HierarchyFigures:
    """All figures of one confusion matrix.

    Args:
        hierarchy: The tree.
        classes: The C class names, nodes of the tree, none above another.
        matrix: (C, C) counts of at least one cell; row = truth, column = prediction.

    Raises:
        HierarchyError: The classes do not stand in the tree like that.
    """
    values = {path: float(value) for path, value in _shares(hierarchy, classes, matrix).items()}
    distances = Distances.of(hierarchy, classes)
    mistakes = mistakes_only(matrix)
    wrong = bool(mistakes.sum())
    return HierarchyFigures(
        name=hierarchy.name,
        precision=values["precision"],
        recall=values["recall"],
        f1=values["f1"],
        common_depth=values["common_depth"],
        mistake_common_depth=float(mean_common_depth(mistakes, distances)) if wrong else None,
        mistake_distance=float(mean_distance(mistakes, distances)) if wrong else None,
        accuracy={level: values[f"accuracy.{level}"] for level in hierarchy.levels},
        mistakes_within=_within(hierarchy, classes, matrix),
    )


def resampled_hierarchy(
    hierarchy: Hierarchy, classes: Sequence[str], cells: Counts, resampling: Resampling
) -> dict[str, Array]:
    """Path of each share ("f1", "accuracy.class", …) to its (resamples,) values.

    Args:
        hierarchy: The tree.
        classes: The C class names.
        cells: (n,) truth * C + prediction of each cell.
        resampling: The plan.
    """
    size = len(classes)
    none = np.zeros((0, size, size))
    blocks: list[Mapping[str, Array]] = [_shares(hierarchy, classes, none)]
    for weights in resampling.blocks():
        counts = np.stack(
            [np.bincount(cells, weight, minlength=size**2) for weight in weights.T]
        ).reshape(-1, size, size)
        blocks.append(_shares(hierarchy, classes, counts))
    return {path: np.concatenate([block[path] for block in blocks]) for path in blocks[0]}


def _shares(
    hierarchy: Hierarchy, classes: Sequence[str], matrix: Counts | Array
) -> dict[str, Array]:
    distances = Distances.of(hierarchy, classes)
    return {
        "precision": hierarchical_precision(matrix, distances),
        "recall": hierarchical_recall(matrix, distances),
        "f1": hierarchical_f1(matrix, distances),
        "common_depth": mean_common_depth(matrix, distances),
        **{
            f"accuracy.{level}": accuracy_at(matrix, same_at(hierarchy, classes, level))
            for level in hierarchy.levels
        },
    }


def _within(hierarchy: Hierarchy, classes: Sequence[str], matrix: Counts) -> dict[str, int]:
    counts: Counter[str] = Counter()
    depths = {hierarchy.root: 0}
    for truth, called in np.argwhere(mistakes_only(matrix)).tolist():
        common = hierarchy.common(classes[truth], classes[called])
        ancestor = common[-1] if common else hierarchy.root
        depths[ancestor] = len(common)
        counts[ancestor] += int(matrix[truth, called])
    return {name: counts[name] for name in sorted(counts, key=lambda n: (-depths[n], n))}
