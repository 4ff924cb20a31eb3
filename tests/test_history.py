import pandas as pd
import pytest

from hemoscope.errors import HemoscopeError
from hemoscope.history import COLUMNS, read_history


def test_the_history_of_a_run_is_read_as_it_was_written(tmp_path):
    written = pd.DataFrame([[1, 2.0, 0.25, 1.5, 0.5, 1e-4, 3.25, 10.0]], columns=list(COLUMNS))
    written.to_csv(tmp_path / "history.csv", index=False)
    pd.testing.assert_frame_equal(read_history(tmp_path), written)


def test_a_folder_without_a_history_is_named(tmp_path):
    with pytest.raises(HemoscopeError, match=r"no training history at .*; --run wants a run"):
        read_history(tmp_path)


def test_an_empty_history_is_named(tmp_path):
    (tmp_path / "history.csv").write_text("")
    with pytest.raises(HemoscopeError, match=r"history\.csv cannot be read as a training history"):
        read_history(tmp_path)
