"""What calibration changes (the paper's sections 3.5 and 3.6)."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from study.calibrations import METHODS
from study.markdown import NOTHING, limits, number, table

FIGURES = {"ECE": "ece", "NLL": "nll", "Brier": "brier"}


def calibration_table(records: Mapping[str, Sequence[Mapping[str, Any]]]) -> str:
    """A row a run and method.

    Args:
        records: How a run is named, to `calibrations.json` of each of its seeds.
    """
    rows = [
        (name, method, *_row([record["methods"][method] for record in seeds]))
        for name, seeds in records.items()
        for method in METHODS
    ]
    head = ("run", "method", "T")
    for figure in FIGURES:
        head += (f"{figure} before", "after", "after − before (95 %)")
    return table(head, rows, align="llr" + "rrl" * len(FIGURES))


def _row(fits: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    known = [fit for fit in fits if "refused" not in fit]
    if len(known) < len(fits):
        return ("refused", *[NOTHING] * (3 * len(FIGURES)))
    shown = [_temperature(known)]
    for figure in FIGURES.values():
        changes = [fit["changes"][figure] for fit in known]
        shown += [_mean(changes, side) for side in ("before", "after")]
        shown.append(_difference(changes))
    return tuple(shown)


def _temperature(fits: Sequence[Mapping[str, Any]]) -> str:
    """One temperature, or the range over classes; the mean over seeds of each end."""
    own = [fit["parameters"] for fit in fits]
    if "temperature" in own[0]:
        return f"{np.mean([one['temperature'] for one in own]):.2f}"
    if "temperatures" in own[0]:
        ends = [np.mean([end(one["temperatures"]) for one in own]) for end in (min, max)]
        return f"{ends[0]:.2f} to {ends[1]:.2f}"
    return NOTHING


def _mean(changes: Sequence[Mapping[str, Any]], side: str) -> str:
    values = [change[side] for change in changes]
    return NOTHING if None in values else number(float(np.mean(values)))


def _difference(changes: Sequence[Mapping[str, Any]]) -> str:
    values = [change["difference"] for change in changes]
    if None in values:
        return NOTHING
    said = number(float(np.mean(values)), "{:+.4f}")
    if len(values) > 1:
        return f"{said} ± {np.std(values, ddof=1):.4f}"
    interval = changes[0].get("difference_95")
    return said if interval is None else f"{said} ({limits(interval, '{:+.4f}')})"


def class_table(record: Mapping[str, Any], classes: Sequence[str]) -> str:
    """ECE of each class's own probability, before and after each method.

    Args:
        record: `calibrations.json` of a run that has validation cells.
        classes: In the order of `temperatures`.
    """
    known = {m: fit for m, fit in record["methods"].items() if "class_ece" in fit}
    by_class = record["methods"]["class-temperature"].get("parameters", {}).get("temperatures")
    rows = []
    for place, name in enumerate(classes):
        before = next(iter(known.values()))["class_ece"][name][0]
        after = [number(fit["class_ece"][name][1]) for fit in known.values()]
        own = NOTHING if by_class is None else f"{by_class[place]:.2f}"
        rows.append((name, own, number(before), *after))
    means = [number(fit["changes"]["classwise_ece"]["after"]) for fit in known.values()]
    first = next(iter(known.values()))["changes"]["classwise_ece"]["before"]
    rows.append(("mean", "", number(first), *means))
    head = ("class", "its temperature", "ECE before", *(f"after {method}" for method in known))
    return table(head, rows, align="lrr" + "r" * len(known))
