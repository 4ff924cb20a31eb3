"""The training history of a run folder, read without torch."""

from pathlib import Path
from typing import TYPE_CHECKING

from hemoscope.errors import HemoscopeError

if TYPE_CHECKING:
    import pandas as pd


def read_history(run: Path) -> "pd.DataFrame":
    """`history.csv` of a run folder.

    Raises:
        HemoscopeError: There is none.
    """
    import pandas as pd

    file = run / "history.csv"
    if not file.is_file():
        raise HemoscopeError(f"there is no training history at {file}; --run wants a run folder.")
    return pd.read_csv(file)
