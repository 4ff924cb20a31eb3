"""What classify has left, read back; and what is no such thing."""

from pathlib import Path

import pytest

from hemoscope.review import ReviewError, open_job
from hemoscope.review.errors import NoJobError

from .make import CLASSES, classified, opinion, usual


@pytest.mark.parametrize("form", ["csv", "parquet", "jsonl"])
def test_a_job_is_read_as_it_was_written_in_every_form(tmp_path: Path, form):
    job = open_job(classified(tmp_path, form=form))
    assert job.classes == CLASSES
    for cell, one in zip(job.cells, usual(), strict=True):
        assert (cell.number, cell.path, cell.called) == (one.index, one.path, one.label or "")
        assert cell.probability == one.probability
        assert (cell.accepted, cell.reason) == (one.accepted, one.reason)
        assert (cell.unknown, cell.problem) == (one.unknown or False, one.problem or "")


def test_another_job_has_another_digest(tmp_path: Path):
    one = open_job(classified(tmp_path / "one"))
    same = open_job(classified(tmp_path / "same", provenance={}))
    other = open_job(classified(tmp_path / "other", [opinion(0, "ig"), *usual()[1:]]))
    assert len({one.digest, same.digest, other.digest}) == 3


def _no_folder(folder: Path) -> Path:
    return folder / "nowhere"


def _empty(folder: Path) -> Path:
    return folder


def _unfinished(folder: Path) -> Path:
    out = classified(folder)
    (out / "journal.jsonl").touch()
    return out


def _two_tables(folder: Path) -> Path:
    out = classified(folder)
    (out / "cells.jsonl").touch()
    return out


def _no_predictions(folder: Path) -> Path:
    out = classified(folder)
    (out / "predictions.parquet").unlink()
    return out


def _other_cells(folder: Path) -> Path:
    out = classified(folder)
    classified(folder / "other", usual()[1:])
    (folder / "other" / "classified" / "predictions.parquet").replace(out / "predictions.parquet")
    return out


def _other_table(folder: Path) -> Path:
    out = classified(folder)
    (out / "cells.csv").write_text("path,class\na.png,ig\n")
    return out


def _damaged(folder: Path) -> Path:
    out = classified(folder, form="parquet")
    (out / "cells.parquet").write_bytes(b"PAR1 and then nothing")
    return out


def _bad_value(folder: Path) -> Path:
    out = classified(folder)
    text = (out / "cells.csv").read_text()
    (out / "cells.csv").write_text(text.replace("0.97", "often", 1))
    return out


@pytest.mark.parametrize(
    ("make", "kind", "said"),
    [
        (_no_folder, NoJobError, "there is no folder"),
        (_empty, NoJobError, "has finished"),
        (_unfinished, NoJobError, "has not come to its end.*--resume"),
        (_two_tables, ReviewError, "two tables of cells"),
        (_no_predictions, ReviewError, "no predictions table"),
        (_other_cells, ReviewError, "of different cells"),
        (_other_table, ReviewError, "no column 'probability'"),
        (_damaged, ReviewError, "cannot be read"),
        (_bad_value, ReviewError, "none of a cell's"),
    ],
)
def test_what_is_no_job_is_refused_with_a_reason(tmp_path: Path, make, kind, said):
    with pytest.raises(kind, match=said):
        open_job(make(tmp_path))
