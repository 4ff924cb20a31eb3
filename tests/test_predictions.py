"""The predictions table: what goes in comes out, and every bad value is named with its row."""

import json

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from hemoscope.predictions import Predictions, PredictionsError

CLASSES = ("basophil", "eosinophil", "ig")
PATHS = ("a.png", "b.png", "c.png", "d.png")
LABELS = ("ig", "basophil", "ig", "eosinophil")


@pytest.fixture
def table() -> Predictions:
    logits = np.random.default_rng(0).normal(size=(4, 3)) * 5
    return Predictions.from_logits(
        PATHS, CLASSES, logits, labels=LABELS, groups=list("ppqq"), provenance={"model": "m"}
    )


def frame(**changes: object) -> pd.DataFrame:
    columns = {
        "path": ["a", "b"],
        "label": ["x", "y"],
        "prob_x": [0.9, 0.2],
        "prob_y": [0.1, 0.8],
    }
    return pd.DataFrame({name: v for name, v in {**columns, **changes}.items() if v is not None})


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
@pytest.mark.parametrize("kind", ["logits", "probabilities"])
def test_a_table_survives_its_file(table, suffix, kind, tmp_path):
    if kind == "probabilities":
        table = Predictions.from_probabilities(PATHS, CLASSES, table.probabilities, labels=LABELS)
    read = Predictions.read(table.write(tmp_path / "deep" / f"table{suffix}"))
    assert read.classes == table.classes
    assert read.paths.tolist() == list(PATHS)
    assert read.labels is not None
    assert read.labels.tolist() == list(LABELS)
    assert (read.logits is None) == (kind == "probabilities")
    assert read.provenance == table.provenance
    tolerance = 1e-7 if suffix == ".csv" else 1e-15  # CSV has nine digits, Parquet all
    np.testing.assert_allclose(read.probabilities, table.probabilities, rtol=tolerance, atol=0)


@given(arrays(np.float64, (5, 3), elements=st.floats(-700, 700)))
def test_probabilities_are_the_softmax_of_logits(logits):
    table = Predictions.from_logits([str(i) for i in range(5)], CLASSES, logits)
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    expected = shifted / shifted.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(table.probabilities, expected, rtol=1e-12)
    np.testing.assert_allclose(table.probabilities.sum(axis=1), 1, rtol=1e-12)
    np.testing.assert_allclose(np.exp(table.log_probabilities), expected, rtol=1e-9, atol=1e-300)
    assert (table.predicted == table.probabilities.argmax(axis=1)).all()


def test_truth_counts_classes_in_their_own_order(table):
    assert table.truth().tolist() == [2, 0, 2, 1]


def test_take_keeps_rows_together(table):
    chosen = table.take(table.truth() == 2)
    assert chosen.paths.tolist() == ["a.png", "c.png"]
    assert chosen.groups is not None
    assert chosen.groups.tolist() == ["p", "q"]
    np.testing.assert_array_equal(chosen.logits, table.logits[[0, 2]])


def test_an_empty_table_is_a_table():
    assert len(Predictions.from_logits([], CLASSES, [])) == 0


def test_rounded_probabilities_are_accepted_and_rescaled():
    table = Predictions.from_frame(frame(prob_x=[0.9004, 0.2]))
    np.testing.assert_allclose(table.probabilities.sum(axis=1), 1, rtol=1e-15)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"prob_y": [0.1, 0.9]}, r"row 1 \(b\): the probabilities sum to 1\.1000"),
        ({"prob_x": [1.5, 0.2]}, r"row 0 \(a\) has a probability outside 0 to 1"),
        ({"prob_y": [0.1, np.nan]}, r"row 1 \(b\): prob_y is nan"),
        ({"prob_y": [0.1, np.inf]}, r"row 1 \(b\): prob_y is inf"),
        ({"prob_y": ["0.1", "much"]}, r"row 1: prob_y is 'much', which is no number"),
        ({"label": ["x", "z"]}, r"row 1 has the label 'z', which is none of the classes"),
        ({"label": ["x", None]}, r"row 1 has no label"),
        ({"path": ["a", "a"]}, r"row 1 has the path 'a' of row 0 again"),
        ({"path": None}, r"no 'path' column"),
        ({"prob_x": None, "prob_y": None}, r"no logit_<class> or prob_<class> columns"),
        ({"prob_y": None}, r"at least two different ones"),
        ({"logit_x": [1.0, 2.0]}, r"both logit_ and prob_ columns.*\(y stands in one kind only\)"),
    ],
)
def test_a_bad_table_is_refused_with_the_row_and_what_to_do(changes, message):
    with pytest.raises(PredictionsError, match=message):
        Predictions.from_frame(frame(**changes))


def test_without_labels_nothing_can_be_scored():
    with pytest.raises(PredictionsError, match="no 'label' column"):
        Predictions.from_frame(frame(label=None)).truth()


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("none.csv", None, "there is no predictions table"),
        ("table.xlsx", b"", r"predictions tables are \.parquet or \.csv"),
        ("broken.parquet", b"PAR1 and no more", "cannot be read as a table"),
        ("empty.csv", b"", "cannot be read as a table"),
        (
            "long.csv",
            b"path,prob_x,prob_y\na, b.png,0.9,0.1\n",
            "line 2 has 4 fields, but the header names 3 columns",
        ),
        (
            "twice.csv",
            b"path,logit_a,logit_b,logit_a\nc,1,2,3\n",
            "twice.csv cannot be .*: it has the column 'logit_a' twice",
        ),
        (
            "semicolons.csv",
            b"\xef\xbb\xbfpath;logit_a;logit_b\nc;1,5;2,5\n",
            "its columns are separated by semicolons. Save it with commas between columns",
        ),
        ("bytes.csv", b"\xff\xfe\x00\x01", "cannot be read as a table"),
    ],
)
def test_a_file_that_is_no_table_is_named(name, content, message, tmp_path):
    file = tmp_path / name
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(PredictionsError, match=message) as caught:
        Predictions.read(file)
    assert caught.value.exit_code == (2 if name in ("none.csv", "table.xlsx") else 1)


def test_a_folder_that_cannot_be_made_is_named(table, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(PredictionsError, match="cannot write"):
        table.write(tmp_path / "file" / "table.csv")


def test_csv_keeps_its_provenance_beside_it(table, tmp_path):
    table.write(tmp_path / "t.csv")
    assert json.loads((tmp_path / "t.csv.json").read_text()) == {"model": "m"}


@pytest.mark.parametrize(
    ("told", "message"), [("[1]", "holds \\[1\\], not a JSON"), ("{", "no JSON")]
)
def test_provenance_that_is_no_object_is_named(table, told, message, tmp_path):
    table.write(tmp_path / "t.csv")
    (tmp_path / "t.csv.json").write_text(told)
    with pytest.raises(PredictionsError, match=rf"t\.csv\.json .*{message}"):
        Predictions.read(tmp_path / "t.csv")
    stored = pa.Table.from_pandas(table.to_frame()).replace_schema_metadata({"hemoscope": told})
    pq.write_table(stored, tmp_path / "t.parquet")
    with pytest.raises(PredictionsError, match=f"its metadata .*{message}"):
        Predictions.read(tmp_path / "t.parquet")


def test_a_column_that_stands_there_twice_is_named():
    twice = pd.concat([frame(), frame()[["prob_x"]]], axis=1)
    with pytest.raises(PredictionsError, match="the column 'prob_x' twice"):
        Predictions.from_frame(twice)


def test_names_that_look_like_numbers_or_nothing_stay_text(tmp_path):
    table = Predictions.from_logits(["001", "NA"], ["1", "2"], np.eye(2), labels=["1", "2"])
    read = Predictions.read(table.write(tmp_path / "t.csv"))
    assert read.paths.tolist() == ["001", "NA"]
    assert read.truth().tolist() == [0, 1]
