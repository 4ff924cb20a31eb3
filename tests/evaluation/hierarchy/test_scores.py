"""Scores up the hierarchy: by hand, and against sets built cell by cell."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hemoscope.evaluation.confusion import confusion_matrix
from hemoscope.evaluation.hierarchy import PBC, PBC_SUBTYPES, Hierarchy
from hemoscope.evaluation.hierarchy.scores import (
    Distances,
    accuracy_at,
    hierarchical_f1,
    hierarchical_precision,
    hierarchical_recall,
    mean_common_depth,
    mean_distance,
    same_at,
)
from hemoscope.evaluation.hierarchy.section import hierarchy_figures

ELEVEN = tuple(sorted(set(PBC_SUBTYPES.values()) - {"ig", "neutrophil"}))


def matrix_of(pairs: list[tuple[str, str]], classes: tuple[str, ...]) -> np.ndarray:
    truth, called = zip(*pairs, strict=True)
    return confusion_matrix(
        [classes.index(t) for t in truth], [classes.index(c) for c in called], len(classes)
    )


def test_three_cells_by_hand() -> None:
    pairs = [
        # leukocyte, granulocyte, neutrophil, band; and segmented: 3 of 4 in common
        ("band_neutrophil", "segmented_neutrophil"),
        # leukocyte, granulocyte, neutrophil, band; leukocyte, mononuclear, lymphocyte: 1
        ("band_neutrophil", "lymphocyte"),
        # platelet, 1 of 1
        ("platelet", "platelet"),
    ]
    figures = hierarchy_figures(PBC, ELEVEN, matrix_of(pairs, ELEVEN))
    assert figures.precision == pytest.approx(5 / (4 + 3 + 1))
    assert figures.recall == pytest.approx(5 / (4 + 4 + 1))
    assert figures.f1 == pytest.approx(2 * 5 / (8 + 9))
    assert figures.common_depth == pytest.approx((3 + 1 + 1) / 3)
    assert figures.mistake_common_depth == pytest.approx(2)
    assert figures.mistake_distance == pytest.approx((2 + 5) / 2)
    assert figures.accuracy == pytest.approx(
        {"lineage": 1, "family": 2 / 3, "class": 2 / 3, "subtype": 1 / 3}
    )
    assert list(figures.mistakes_within.items()) == [("neutrophil", 1), ("leukocyte", 1)]


def test_a_band_called_segmented_is_a_smaller_mistake_than_one_called_a_lymphocyte() -> None:
    near, far = (
        hierarchy_figures(PBC, ELEVEN, matrix_of([("band_neutrophil", called)], ELEVEN))
        for called in ("segmented_neutrophil", "lymphocyte")
    )
    assert near.f1 > far.f1
    assert near.common_depth > far.common_depth
    assert near.accuracy["class"] > far.accuracy["class"]


def test_without_mistakes_everything_is_one_and_their_figures_do_not_exist() -> None:
    figures = hierarchy_figures(PBC, ELEVEN, np.eye(len(ELEVEN), dtype=np.int64))
    assert (figures.precision, figures.recall, figures.f1) == (1, 1, 1)
    assert set(figures.accuracy.values()) == {1}
    assert figures.mistake_common_depth is None
    assert figures.mistakes_within == {}


@st.composite
def trees(draw: st.DrawFn) -> tuple[Hierarchy, tuple[str, ...]]:
    """A random tree and its leaves."""
    size = draw(st.integers(3, 14))
    parents = {f"n{i}": f"n{draw(st.integers(0, i - 1))}" for i in range(1, size)}
    leaves = tuple(sorted(set(parents) - set(parents.values())))
    levels = tuple(f"level{d}" for d in range(1, size))
    return Hierarchy("random", parents, levels), leaves


def ancestors(tree: Hierarchy, node: str) -> set[str]:
    """Independent of `Hierarchy.line`: up by recursion, the root left out."""
    if node not in tree.parents:
        return set()
    return {node} | ancestors(tree, tree.parents[node])


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_the_matrix_form_equals_sets_cell_by_cell(data: st.DataObject) -> None:
    tree, leaves = data.draw(trees())
    names = st.sampled_from(leaves)
    pairs = data.draw(st.lists(st.tuples(names, names), min_size=1, max_size=30))
    matrix, distances = matrix_of(pairs, leaves), Distances.of(tree, leaves)
    sets = [(ancestors(tree, t), ancestors(tree, p)) for t, p in pairs]
    shared = [len(t & p) for t, p in sets]
    precision = sum(shared) / sum(len(p) for _, p in sets)
    recall = sum(shared) / sum(len(t) for t, _ in sets)
    assert hierarchical_precision(matrix, distances) == pytest.approx(precision)
    assert hierarchical_recall(matrix, distances) == pytest.approx(recall)
    assert hierarchical_f1(matrix, distances) == pytest.approx(
        2 * precision * recall / (precision + recall) if shared != [0] * len(shared) else 0
    )
    assert mean_common_depth(matrix, distances) == pytest.approx(np.mean(shared))
    assert mean_distance(matrix, distances) == pytest.approx(np.mean([len(t ^ p) for t, p in sets]))
    for level, name in enumerate(tree.levels, start=1):
        right = [
            {n for n in t if len(ancestors(tree, n)) == min(level, len(t))}
            == {n for n in p if len(ancestors(tree, n)) == min(level, len(p))}
            for t, p in sets
        ]
        assert accuracy_at(matrix, same_at(tree, leaves, name)) == pytest.approx(np.mean(right))


def test_leading_axes_are_broadcast() -> None:
    rng = np.random.default_rng(0)
    matrices = rng.integers(0, 9, (5, len(ELEVEN), len(ELEVEN)))
    distances = Distances.of(PBC, ELEVEN)
    many = hierarchical_f1(matrices, distances)
    np.testing.assert_allclose(many, [hierarchical_f1(one, distances) for one in matrices])
