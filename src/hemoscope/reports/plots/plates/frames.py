"""The numbers of several models in one frame."""

from collections.abc import Callable, Mapping
from typing import TypeVar

import pandas as pd

_Figures = TypeVar("_Figures")


def by_model(
    models: Mapping[str, _Figures],
    frame: Callable[[_Figures], pd.DataFrame],
    column: str = "model",
) -> pd.DataFrame:
    """The frame of each model, one below the other.

    Args:
        models: Name to figures.
        frame: Makes the frame of one.
        column: What the column of names is called.
    """
    parts = [frame(figures).assign(**{column: model}) for model, figures in models.items()]
    return pd.concat(parts, ignore_index=True)
