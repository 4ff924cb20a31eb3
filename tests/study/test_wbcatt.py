import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import f1_score
from study.wbcatt import ATTRIBUTES, SPLIT_COLUMN, agreement, annotated, joined
from study.wbcatt import macro_f1_over_attributes as over_attributes

from hemoscope.cells import CellTable
from hemoscope.inference.tasks import task_file
from hemoscope.predictions import Predictions


@pytest.fixture
def folder(tmp_path):
    rng = np.random.default_rng(0)
    names = iter(f"BNE_{i}" for i in range(100))
    for split, count in (("train", 6), ("val", 2), ("test", 4)):
        rows = {"file": [next(names) for _ in range(count)], "label": "Neutrophil"}
        rows |= {name: rng.choice(["nil", "b"], count) for name in ATTRIBUTES}
        pd.DataFrame(rows).to_csv(tmp_path / f"{split}.csv", index=False)
    return tmp_path


def test_every_cell_of_pbc_stays_and_annotated_ones_get_their_attributes(folder):
    paths = [f"images/x/BNE_{i}.webp" for i in range(14)]
    pbc = CellTable(pd.DataFrame({"path": paths, "label": "neutrophil"}, dtype=object), folder)
    table = joined(pbc, annotated(folder))
    assert len(table) == 14
    assert table.frame[SPLIT_COLUMN].tolist() == ["train"] * 6 + ["val"] * 2 + ["test"] * 4 + [
        "",
        "",
    ]
    expected = annotated(folder)["granule_type"].tolist()
    assert table.answers("granule_type").tolist() == [*expected, "", ""]
    assert (
        "nil" in expected
    )  # pandas alone would not take it for a missing value, but "nan" is none
    with pytest.raises(ValueError, match="1 annotated cells are not in PBC, such as BNE_0"):
        joined(pbc.take(range(1, 14)), annotated(folder))


def test_the_score_is_scikit_learns_macro_f1_and_its_mean_over_attributes(tmp_path):
    rng = np.random.default_rng(1)
    expected = {}
    for name in ATTRIBUTES:
        answers = ("no", "yes", "maybe")[: rng.integers(2, 4)]
        truth = rng.choice(answers, 80)
        scores = rng.normal(size=(80, len(answers))) + 2 * (truth[:, None] == np.array(answers))
        table = Predictions.from_logits(
            [str(i) for i in range(80)], answers, scores, labels=truth.tolist()
        )
        table.write(task_file(tmp_path / "test.parquet", name))
        called = np.array(answers)[scores.argmax(1)]
        expected[name] = f1_score(truth, called, average="macro")
    result = over_attributes(tmp_path / "test.parquet", resamples=200)
    assert result.macro_f1 == pytest.approx(expected)
    assert result.mean == pytest.approx(np.mean(list(expected.values())))
    assert result.low is not None
    assert result.high is not None
    assert 0 < result.low < result.mean < result.high < 1


def test_two_readings_that_agree_have_a_macro_f1_of_one(folder):
    first = annotated(folder)
    again = first.assign(img_name=first["file"] + ".jpg").iloc[::2]
    again.to_csv(folder / "reannotations.csv", index=False)
    assert agreement(folder).mean == 1
    again = again.assign(granularity=np.where(again["granularity"] == "nil", "b", "nil"))
    again.to_csv(folder / "reannotations.csv", index=False)
    assert agreement(folder).macro_f1["granularity"] == 0
