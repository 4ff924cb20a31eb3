"""Results as plain JSON values."""

import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np


def plain(value: Any, *, curves: bool = True) -> Any:
    """A result as dicts, lists, strings, numbers and None, safe for strict JSON.

    A value that does not exist is None; in arrays (an empty bin) nan becomes None too.

    Args:
        value: A result dataclass, or anything that stands in one.
        curves: Whether the arrays that only plots need (fields named `curve`, `diagram`,
            `adaptive_diagram`, `histogram`, `prevalence`) are kept.
    """
    if is_dataclass(value) and not isinstance(value, type):
        named = {f.name: getattr(value, f.name) for f in fields(value)}
        kept = {k: v for k, v in named.items() if curves or k not in PLOT_FIELDS}
        return {k: plain(v, curves=curves) for k, v in kept.items()}
    if isinstance(value, Mapping):
        return {str(k): plain(v, curves=curves) for k, v in value.items()}
    if isinstance(value, np.ndarray):
        return _plain_array(value)
    if isinstance(value, (list, tuple)):
        return [plain(v, curves=curves) for v in value]
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _plain_array(array: np.ndarray) -> list[Any]:
    if array.dtype.kind != "f":
        return array.tolist()
    values = array.astype(object)
    values[~np.isfinite(array)] = None
    return values.tolist()


PLOT_FIELDS = frozenset({"curve", "diagram", "adaptive_diagram", "histogram", "prevalence"})
