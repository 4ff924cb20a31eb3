import numpy as np
import pandas as pd
import pytest

from hemoscope.explanation.faithfulness.compare import compare_methods
from hemoscope.explanation.faithfulness.curves import faithfulness_curves
from hemoscope.explanation.faithfulness.summary import best_method, mean_limits, summarise
from hemoscope.explanation.methods.grad_cam import GradCam
from hemoscope.explanation.methods.references import Centre
from hemoscope.explanation.target import Target


def test_the_table_holds_every_method_and_measure(model, images):
    target = Target(np.array([0, 1]))
    masks = np.full((2, 64, 64), 128, np.uint8)
    masks[:, 20:40, 20:40] = 255
    found = compare_methods(model, images, target, (GradCam(), Centre()), masks=masks, steps=3)
    assert set(found.table["method"]) == {"gradcam", "centre"}
    assert set(found.table["measure"]) == {
        "deletion", "insertion", "faithfulness", "nucleus_share", "cell_share",
    }  # fmt: skip
    maps = Centre().explain(model, images, target)
    alone = faithfulness_curves(model, images, maps, target, steps=3)
    row = found.table.query("method == 'centre' and measure == 'deletion'").iloc[0]
    assert row["mean"] == pytest.approx(alone.deletion_area.mean())
    assert found.winner in {"gradcam", "centre"}


def test_the_winner_moves_the_model_most():
    cells = pd.DataFrame(
        {"cell": [0, 1, 0, 1], "method": list("aabb"), "faithfulness": [0.1, 0.2, 0.5, 0.1]}
    )
    assert best_method(summarise(cells)) == "b"


def test_limits_agree_with_the_normal_ones_and_need_ten_cells():
    values = np.random.default_rng(0).normal(2, 1, 400)
    low, high = mean_limits(values)
    half = 1.96 * values.std(ddof=1) / 20
    assert low == pytest.approx(values.mean() - half, abs=0.015)
    assert high == pytest.approx(values.mean() + half, abs=0.015)
    assert np.isnan(mean_limits(values[:9])).all()
