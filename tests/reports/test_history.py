import numpy as np
import pytest

from hemoscope.reports import ReportError, save_history_figure
from hemoscope.reports.figure import svg
from hemoscope.reports.plots.history import HistoryFigure


def test_the_history_becomes_a_picture(history, tmp_path) -> None:
    path = save_history_figure(history, tmp_path / "run" / "history.png")
    assert path.read_bytes().startswith(b"\x89PNG")


def test_the_frame_is_the_history(history) -> None:
    assert HistoryFigure(history).frame().equals(history)


def test_the_best_epoch_is_marked(history) -> None:
    assert "Best: 91.00%, epoch 3" in svg(HistoryFigure(history))


def test_one_epoch_without_validation_can_be_drawn(history) -> None:
    first = history[:1].assign(val_loss=np.nan, val_accuracy=np.nan)
    drawing = svg(HistoryFigure(first))
    assert "Training" in drawing
    assert "Best" not in drawing


def test_a_missing_column_is_named(history, tmp_path) -> None:
    with pytest.raises(ReportError, match="no column 'val_loss'; it needs epoch, train_loss"):
        save_history_figure(history.drop(columns="val_loss"), tmp_path / "a.png")


def test_an_empty_history_is_refused(history, tmp_path) -> None:
    with pytest.raises(ReportError, match="has no epoch yet"):
        save_history_figure(history[:0], tmp_path / "a.png")


def test_an_unknown_suffix_is_refused(history, tmp_path) -> None:
    with pytest.raises(ReportError, match=r"a\.gif: figures are written as \.svg or \.png"):
        save_history_figure(history, tmp_path / "a.gif")


def test_a_folder_that_is_a_file_is_reported(history, tmp_path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ReportError, match="cannot write"):
        save_history_figure(history, tmp_path / "file" / "a.png")
