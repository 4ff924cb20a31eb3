"""The columns of a predictions table, read from a frame that anyone may have made."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hemoscope.predictions.errors import PredictionsError


def check_unique(frame: pd.DataFrame) -> None:
    """Makes sure that no two columns have one name.

    Raises:
        PredictionsError: Two have.
    """
    again = frame.columns.duplicated()
    if again.any():
        name = str(frame.columns[again][0])
        raise PredictionsError(f"the table has the column {name!r} twice. Rename or remove one.")


def class_columns(frame: pd.DataFrame) -> tuple[str, list[str]]:
    """The kind of score in a table ("logit" or "prob") and the classes it has one for.

    Raises:
        PredictionsError: It has none, or two kinds that are not for the same classes.
    """
    found = {
        prefix: [c.removeprefix(f"{prefix}_") for c in frame.columns if c.startswith(f"{prefix}_")]
        for prefix in ("logit", "prob")
    }
    logits, probabilities = found["logit"], found["prob"]
    if logits and probabilities and set(logits) != set(probabilities):
        missing = sorted(set(logits) ^ set(probabilities))
        raise PredictionsError(
            f"the table has both logit_ and prob_ columns, but not for the same classes "
            f"({', '.join(missing)} stands in one kind only). Keep one kind, complete."
        )
    if not logits and not probabilities:
        raise PredictionsError(
            "the table has no logit_<class> or prob_<class> columns; it has "
            f"{', '.join(map(str, frame.columns[:12])) or 'none at all'}."
        )
    prefix = "logit" if logits else "prob"
    return prefix, found[prefix]


def text_of(column: pd.Series, name: str) -> list[str]:
    """A column of names.

    Raises:
        PredictionsError: A row has none.
    """
    missing = column.isna().to_numpy()
    if missing.any():
        raise PredictionsError(
            f"row {int(missing.argmax())} has no {name}. Fill it in, or drop that row."
        )
    return column.astype(str).tolist()


def numbers_of(frame: pd.DataFrame, columns: list[str]) -> NDArray[np.float64]:
    """Columns of numbers, (n, columns); NaN where nothing stands.

    Raises:
        PredictionsError: Something else stands there.
    """
    numbers = frame[columns].apply(pd.to_numeric, errors="coerce").to_numpy(dtype=np.float64)
    text = np.isnan(numbers) & frame[columns].notna().to_numpy()
    if text.any():
        row, column = (int(i) for i in np.argwhere(text)[0])
        value = frame[columns[column]].iloc[row]
        raise PredictionsError(f"row {row}: {columns[column]} is {value!r}, which is no number.")
    return numbers
