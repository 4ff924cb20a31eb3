"""What is kept of a job, however long."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hemoscope.evaluation.intervals.wilson import clustered_wilson_limits, wilson_limits
from hemoscope.opinions import ClassCounts, Opinion, gather
from hemoscope.opinions.smallest import Smallest

from .make import opinion

CLASSES = ("ig", "monocyte", "platelet")


@given(st.lists(st.tuples(st.integers(0, 3), st.floats(0, 1))), st.integers(1, 5))
def test_the_smallest_are_those_that_sorting_gives(keys, most):
    kept = Smallest[Opinion](most)
    for index, key in enumerate(keys):
        kept.add(key, opinion(index))
    expected = sorted(range(len(keys)), key=lambda index: (keys[index], index))[:most]
    assert [one.index for one in kept.sorted()] == expected


def test_unknown_cells_come_first_then_the_unsure():
    some = [
        opinion(0, probability=0.99),
        opinion(1, probability=0.5, accepted=False),
        opinion(2, probability=0.6, accepted=False, unknown=True, unknown_score=3.0),
        opinion(3, "platelet", probability=0.4, accepted=False),
        opinion(4, probability=0.9, accepted=False, unknown=True, unknown_score=7.0),
        Opinion.unreadable(5, "x", "damaged"),
        opinion(6, probability=0.95),
    ]
    found = gather(some, CLASSES, calibrated=True)
    assert [one.index for one in found.look_first] == [4, 2, 3, 1]
    assert [one.index for one in found.listed] == [4, 2, 3, 1, 6, 0]
    assert [one.index for one in found.sheets["ig"]] == [4, 2, 1, 6, 0]
    assert list(found.sheets) == ["ig", "platelet"]
    assert (found.cells, found.accepted, found.doubtful, found.unreadable) == (6, 2, 4, 1)
    assert found.counted.unknown == 2
    assert found.called == {"ig": 5, "platelet": 1}
    counted = {row["class"]: row["cells"] for row in found.counted.records()}
    assert counted == {"ig": 3, "monocyte": 0, "platelet": 1}
    assert [one.index for one in found.shown] == [0, 1, 2, 3, 4, 6]


def test_what_a_source_adds_to_logits_is_taken_out_of_the_looks():
    some = [opinion(0, logits=(1.0, 0.5, -2.0)), opinion(1, "monocyte", logits=(1.0, 3.0, 0.0))]
    assert gather(some, CLASSES, calibrated=True).own == {"ig": 1, "monocyte": 1}
    shifted = gather(some, CLASSES, calibrated=True, offsets=(2.0, 0.0, -2.0))
    assert shifted.own == {"monocyte": 2}


def test_what_is_kept_does_not_grow_with_the_job():
    def peak(cells: int) -> int:
        tracemalloc.start()
        kinds = ((CLASSES[i % 3], (i * 7 % 100) / 100, i % 2 == 0) for i in range(cells))
        some = (opinion(i, name, p, accepted=ok) for i, (name, p, ok) in enumerate(kinds))
        found = gather(some, CLASSES, calibrated=True)
        assert found.cells == cells
        assert len(found.shown) <= 600 + 36
        highest = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return highest

    assert peak(20_000) < 1.2 * peak(5_000)


def test_intervals_of_plain_and_of_grouped_cells():
    called = {("a", "ig"): 3, ("a", "platelet"): 5, ("b", "ig"): 8, ("c", "platelet"): 4}
    grouped = ClassCounts.counted(CLASSES, called, 0)
    low, high = grouped.limits()
    truth = np.array([0] * 3 + [2] * 5 + [0] * 8 + [2] * 4)
    groups = np.array([0] * 8 + [1] * 8 + [2] * 4)
    expected = clustered_wilson_limits(truth == 2, np.ones(20), groups)
    assert (low[2], high[2]) == pytest.approx(expected)
    plain = ClassCounts.counted(CLASSES, {("", "ig"): 11, ("", "platelet"): 9}, 0)
    np.testing.assert_allclose(plain.limits(), wilson_limits([11, 0, 9], [20, 20, 20]))
    assert np.isnan(ClassCounts.counted(CLASSES, {}, 4).limits()).all()
