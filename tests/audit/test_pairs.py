"""From files to groups: what is one field comes out as one, and nothing else."""

import numpy as np
import pytest

from hemoscope.audit.examination import examine
from hemoscope.audit.groups import find_groups
from hemoscope.audit.pairs import Rule, shared_fields
from hemoscope.cells.splits.connected import connected
from tests.audit.conftest import crop, draw_field, encode

pytest.importorskip("faiss")


def pictures() -> dict[str, np.ndarray | bytes]:
    field = draw_field(0)
    one = crop(field, 100, 100)
    return {
        "a.png": one,
        "a-again.png": one.copy(),
        "a-jpeg.png": encode(one, "JPEG", quality=60),
        "a-mirrored.png": np.ascontiguousarray(one[:, ::-1]),
        "a-turned.png": np.ascontiguousarray(np.rot90(one)),
        "a-bright.png": np.clip(one * 0.85 + 20, 0, 255).astype(np.uint8),
        "a-shifted.png": crop(field, 180, 150),
        "b.png": crop(draw_field(1), 0, 0),
        "c.png": crop(draw_field(2), 0, 0),
        "d.png": crop(draw_field(3), 0, 0),
    }


@pytest.fixture
def found(make_set):
    examination = examine(make_set(pictures()), workers=2)
    return find_groups(examination, shared_fields(examination, workers=2))


def test_all_pictures_of_one_field_are_one_group_and_no_other_is(found) -> None:
    assert [part.tolist() for part in found.rows()] == [list(range(7))]
    assert len(set(found.of_row[6:])) == 4


def test_kinds_of_relation(found) -> None:
    kind = {(p.first, p.second): p.kind for p in found.pairs.itertuples()}
    assert kind[0, 1] == "exact"
    assert {kind[0, other] for other in (2, 3, 4, 5)} == {"near"}
    assert kind[0, 6] == "overlap"


def test_the_shared_part_is_measured(found) -> None:
    pair = found.pairs.query("first == 0 and second == 6").iloc[0]
    assert pair["share"] == pytest.approx((256 - 80) * (256 - 50) / 256**2, abs=0.02)
    assert (pair["shift_x"], pair["shift_y"]) == pytest.approx((-80 / 256, -50 / 256), abs=0.01)


def test_a_stricter_rule_finds_less(make_set) -> None:
    examination = examine(make_set(pictures()), workers=2)
    assert len(shared_fields(examination, rule=Rule(inliers=10_000))) == 0


def test_connected_parts() -> None:
    assert connected(5, [[0, 3], [3, 4]]).tolist() == [0, 1, 2, 0, 0]
    assert connected(2, np.empty((0, 2))).tolist() == [0, 1]
