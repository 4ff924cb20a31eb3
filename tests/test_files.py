"""Every file that hemoscope replaces is whole or as it was, and a full disk is told as one."""

import errno
import os
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from study.commands import write_whole

from hemoscope.calibration import CalibrationError, fit, write_trust
from hemoscope.calibration.array_file import write_arrays
from hemoscope.calibration.trust import Trust
from hemoscope.cells import CellTable, write_manifest
from hemoscope.cells.table import CellTableError
from hemoscope.compression.errors import PruningError
from hemoscope.compression.folder import write_called
from hemoscope.compression.journal import Journal
from hemoscope.errors import HemoscopeError
from hemoscope.features import Features, FeaturesError
from hemoscope.files import cause, check_writable, replacing
from hemoscope.models import store
from hemoscope.predictions import Predictions, PredictionsError
from hemoscope.reports.errors import ReportError
from hemoscope.reports.html import page
from hemoscope.training.callbacks.history import History
from hemoscope.training.run_folder import RunFolder, RunFolderError, write_provenance

FULL = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


class Gone(BaseException):
    """As if the process were killed here."""


def test_whether_a_file_can_be_written_is_tried_without_a_trace(tmp_path: Path):
    check_writable(tmp_path / "a" / "b" / "t.csv", PredictionsError)
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "file").touch()
    with pytest.raises(
        PredictionsError, match=r"cannot write .*a file stands where.*another --out"
    ):
        check_writable(tmp_path / "file" / "b" / "t.csv", PredictionsError)
    with pytest.raises(PredictionsError, match=r"cannot write .*Is a directory"):
        check_writable(tmp_path, PredictionsError)


def test_a_draft_takes_the_place_and_ends_as_the_file_does(tmp_path: Path):
    file = tmp_path / "val.features.parquet"
    file.write_text("old")
    with replacing(file) as draft:
        assert draft.parent == tmp_path
        assert draft.suffix == ".parquet"
        draft.write_text("new")
        assert file.read_text() == "old"
    assert file.read_text() == "new"
    assert list(tmp_path.iterdir()) == [file]


def _write_half(file: Path, error: BaseException | type[BaseException]) -> None:
    with replacing(file) as draft:
        draft.write_text("half")
        raise error


@pytest.mark.parametrize("error", [Gone, KeyboardInterrupt, ValueError, FULL])
def test_whatever_goes_wrong_the_old_file_stays_and_no_draft(error, tmp_path: Path):
    file = tmp_path / "a.txt"
    file.write_text("old")
    with pytest.raises(error if isinstance(error, type) else OSError):
        _write_half(file, error)
    assert file.read_text() == "old"
    assert list(tmp_path.iterdir()) == [file]


def test_an_error_of_the_house_is_raised_where_one_is_named(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(HemoscopeError, match=r"cannot write .*file.a\.txt: a file stands where"),
        replacing(tmp_path / "file" / "a.txt", HemoscopeError) as draft,
    ):
        draft.write_text("new")
    # Only what the system refuses is about the file.
    with pytest.raises(ValueError, match="no"), replacing(tmp_path / "b", HemoscopeError):
        raise ValueError("no")


def test_a_cause_is_said_in_words_that_do_not_name_the_draft():
    assert cause(FULL) == "the disk is full: make room and start again"
    assert cause(FULL, when_full="the disk is full") == "the disk is full"
    told = OSError(errno.EACCES, "Failed to open local file '/.a.12.part.parquet'")
    assert cause(told) == "Permission denied"
    assert cause(OSError("something else")) == "something else"


CELLS = 40
TABLE = Predictions.from_logits(
    [str(cell) for cell in range(CELLS)],
    ["x", "y"],
    np.eye(2)[np.arange(CELLS) % 2],
    labels=["x", "y", "y", "x"] * (CELLS // 4),
)


def _features(file: Path) -> None:
    Features(np.array(["a"], dtype=object), np.zeros((1, 3), np.float32)).write(file)


def _manifest(file: Path) -> None:
    write_manifest(CellTable(pd.DataFrame({"path": ["a.png"]}, dtype=object), file.parent), file)


def _page(file: Path) -> None:
    page.write_page(file, "none", {}, [], tables={})


def _saved_model(file: Path) -> None:
    import torch

    class Model(torch.nn.Module):
        classes = 1
        config = type("Config", (), {"model_dump_json": lambda self: "{}"})()

    store.save_model(Model(), ["x"], file)  # type: ignore[arg-type]


WRITERS: dict[str, tuple[Callable[[Path], object], str, type[Exception]]] = {
    "predictions": (TABLE.write, "t.parquet", PredictionsError),
    "predictions as CSV": (TABLE.write, "t.csv", PredictionsError),
    "features": (_features, "t.features.parquet", FeaturesError),
    "manifest": (_manifest, "cells.csv", CellTableError),
    "page": (_page, "report.html", ReportError),
    "calibration": (
        lambda file: write_trust(Trust(fit(TABLE, "none")), file),
        "calibration.json",
        CalibrationError,
    ),
    "arrays": (lambda file: write_arrays({"a": np.zeros(2)}, file), "a.npz", OSError),
    "model": (_saved_model, "model.safetensors", HemoscopeError),
    "provenance": (
        lambda file: write_provenance(RunFolder(file.parent), {}),
        "provenance.json",
        RunFolderError,
    ),
    "history": (lambda file: History(file)._write(), "history.csv", RunFolderError),
    "opinions of a pruning": (
        lambda file: write_called(file, np.zeros(2, np.intp)),
        "called.npy",
        PruningError,
    ),
    "journal of a pruning": (
        lambda file: Journal.write(
            SimpleNamespace(model_dump_json=lambda indent: "{}"),  # type: ignore[arg-type]
            file,
        ),
        "pruning.json",
        PruningError,
    ),
    "text of the study": (lambda file: write_whole(file, "text"), "test.json", OSError),
}


@pytest.mark.parametrize(("write", "name", "error"), WRITERS.values(), ids=WRITERS.keys())
def test_a_full_disk_leaves_the_old_file_and_nothing_beside_it(
    write, name, error, tmp_path: Path, monkeypatch
):
    def full(_self: Path, _to: Path) -> None:
        raise FULL

    class Page:
        def get_template(self, _name: str):
            return self

        def render(self, **_context: object) -> str:
            return "<html>"

    monkeypatch.setattr(page, "_environment", Page)
    file = tmp_path / name
    file.write_text("old")
    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(error) as told:
        write(file)
    if issubclass(error, HemoscopeError):
        assert str(told.value) in {
            f"cannot write {file}: the disk is full: make room and start again.",
            f"cannot write the report {file}: the disk is full: make room and start again.",
        }
    assert file.read_text() == "old"
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize(("write", "name"), [(TABLE.write, "t.parquet"), (_features, "t.parquet")])
def test_a_killed_predict_leaves_no_cut_table(write, name, tmp_path: Path, monkeypatch):
    def killed(_table: object, where: Path, **_options: object) -> None:
        Path(where).write_bytes(b"PAR1 half")
        raise Gone

    monkeypatch.setattr(pq, "write_table", killed)
    with pytest.raises(Gone):
        write(tmp_path / name)
    assert not (tmp_path / name).exists()


def test_a_model_on_a_full_disk_is_no_bug(tmp_path: Path, monkeypatch):
    def full(*_arguments: object) -> None:
        raise store.SafetensorError(
            "Error while serializing: I/O error: No space left on device (os error 28)"
        )

    monkeypatch.setattr(store, "save_file", full)
    with pytest.raises(HemoscopeError, match="the disk is full: make room and start again"):
        _saved_model(tmp_path / "model.safetensors")
