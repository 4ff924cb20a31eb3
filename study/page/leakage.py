"""Accuracy on test cells with and without a twin among the training cells."""

from collections.abc import Mapping
from typing import Any

from study.markdown import NOTHING, limits, number, p_value, table


def leakage_table(records: Mapping[str, Mapping[str, Any]]) -> str:
    """A row a run.

    Args:
        records: How a run is named, to its `twins.json`.
    """
    rows = [
        (
            name,
            f"`{found['split_column']}`",
            f"{found['training_cells']:,}",
            _share(found["with_twin"]),
            _share(found["without_twin"]),
            _percent(found["without_twin_same_classes"]),
            *_difference(found["difference"]),
        )
        for name, found in records.items()
    ]
    head = (
        *("run", "split", "trained or chosen on", "right, with a twin", "right, without"),
        *("without, same classes", "with − without, points (95 %)", "Fisher's p"),
    )
    return table(head, rows, align="llrllrlr")


def _share(found: Mapping[str, Any]) -> str:
    if found["accuracy"] is None:
        return NOTHING
    interval = limits((found["low"], found["high"]), "{:.1f}", scale=100)
    counts = f"{found['right']:,} of {found['cells']:,}"
    return f"{counts}, {100 * found['accuracy']:.2f} % ({interval})"


def _percent(value: float | None) -> str:
    return NOTHING if value is None else f"{100 * value:.2f} %"


def _difference(found: Mapping[str, Any] | None) -> tuple[str, str]:
    if found is None:
        return NOTHING, NOTHING
    interval = limits((found["low"], found["high"]), "{:+.2f}", scale=100)
    difference = number(found["difference"], "{:+.2f}", scale=100)
    return f"{difference} ({interval})", p_value(found["p"])
