"""The same table in three forms."""

import errno
from pathlib import Path

import pandas as pd
import pytest

from hemoscope.opinions import (
    FORMS,
    JournalError,
    Opinion,
    remove_other_forms,
    write_cells,
    write_predictions,
)
from hemoscope.opinions.replacing import replacing
from hemoscope.predictions import Predictions

from .make import opinion

SOME = [
    opinion(0, candidates=("ig",), unknown_score=1.25, unknown=False),
    opinion(1, "platelet", 0.5, accepted=False, candidates=("platelet", "ig"), unknown=True),
    Opinion.unreadable(2, 'a "b", c.png', "damaged"),
]
READ = {
    "csv": lambda file: pd.read_csv(file, keep_default_na=False, na_values=[""]),
    "parquet": pd.read_parquet,
    "jsonl": lambda file: pd.read_json(file, lines=True),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_tells_the_same(tmp_path: Path, form):
    frame = READ[form](write_cells(iter(SOME), tmp_path, form))
    assert frame.columns.tolist() == [
        "path", "class", "probability", "second_class", "second_probability", "prediction_set",
        "accepted", "unknown_score", "unknown", "reason", "problem",
    ]  # fmt: skip
    assert frame["path"].tolist() == ["cell 0.png", "cell 1.png", 'a "b", c.png']
    assert frame["class"].tolist()[:2] == ["ig", "platelet"]
    assert frame["class"].isna().tolist() == [False, False, True]
    assert frame["probability"].tolist()[:2] == pytest.approx([0.9, 0.5])
    assert frame["second_class"].tolist()[:2] == ["monocyte", "ig"]
    sets = frame["prediction_set"].tolist()
    assert [s if form == "csv" else "|".join(s) for s in sets[:2]] == ["ig", "platelet|ig"]
    assert frame["accepted"].tolist() == [True, False, False]
    assert [bool(value) for value in frame["unknown"][:2]] == [False, True]
    assert frame["unknown_score"].isna().tolist() == [False, True, True]
    assert frame["problem"].fillna("").tolist() == ["", "", "damaged"]


@pytest.mark.parametrize("form", FORMS)
def test_words_are_the_last_column_where_the_model_speaks(tmp_path: Path, form):
    some = [opinion(0, in_words="big cell, dense chromatin"), opinion(1, in_words=""), SOME[2]]
    frame = READ[form](write_cells(iter(some), tmp_path, form, in_words=True))
    assert frame.columns.tolist()[-2:] == ["problem", "in_words"]
    assert frame["in_words"].fillna("").tolist() == ["big cell, dense chromatin", "", ""]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("in_words", [False, True])
def test_tables_of_an_earlier_job_in_other_forms_go(tmp_path: Path, form, in_words: bool):
    for other in FORMS:
        write_cells(iter(SOME), tmp_path, other, in_words=in_words)
    remove_other_forms(tmp_path, form)
    assert [file.name for file in tmp_path.iterdir()] == [f"cells.{form}"]


def test_tables_that_are_not_ours_stay(tmp_path: Path):
    (tmp_path / "cells.csv").write_text("path,label\na.png,ig\n")
    (tmp_path / "cells.jsonl").write_text("12\n")
    (tmp_path / "cells.parquet").write_bytes(b"\xff\xfe")
    for form in FORMS:
        remove_other_forms(tmp_path, form)
    assert len(list(tmp_path.iterdir())) == 3


def test_predictions_are_those_that_other_verbs_read(tmp_path: Path):
    file = write_predictions(
        iter(SOME), ("ig", "monocyte", "platelet"), tmp_path / "p.parquet",
        provenance={"model": "m"}, groups=["a", "b", "c"],
    )  # fmt: skip
    read = Predictions.read(file)
    assert read.paths.tolist() == ["cell 0.png", "cell 1.png"]
    assert read.groups is not None
    assert read.groups.tolist() == ["a", "b"]
    assert read.logits is not None
    assert read.logits.tolist() == [[1.0, 0.5, -2.0]] * 2
    assert read.provenance == {"model": "m"}


def test_no_readable_image_gives_an_empty_table(tmp_path: Path):
    file = write_predictions(iter(SOME[2:]), ("a", "b"), tmp_path / "p.parquet", provenance={})
    assert len(Predictions.read(file)) == 0


def test_a_table_that_cannot_be_finished_leaves_the_old_one(tmp_path: Path):
    (tmp_path / "cells.csv").write_text("old")
    with pytest.raises(JournalError, match=r"the disk is full\. No opinion is lost"):
        _fill_up(tmp_path / "cells.csv")
    assert [file.name for file in tmp_path.iterdir()] == ["cells.csv"]
    assert (tmp_path / "cells.csv").read_text() == "old"


def _fill_up(file: Path) -> None:
    with replacing(file) as draft:
        draft.write_text("half")
        raise OSError(errno.ENOSPC, "No space left on device")
