"""Every method of calibration on one run, by the public commands."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from study.commands import hemoscope, tried

METHODS = ("temperature", "class-temperature", "isotonic")
CHANGED = {
    "calibration.ece": "ece",
    "calibration.adaptive_ece": "adaptive_ece",
    "calibration.classwise_ece": "classwise_ece",
    "calibration.nll": "nll",
    "calibration.brier.sum.score": "brier",
    "accuracy": "accuracy",
}
HELD_OUT = ("nll", "ece", "brier")
PARAMETERS = ("temperature", "temperatures")


def calibrations(run: Path, work: Path) -> dict[str, Any]:
    """What each method does to the test cells of a run.

    Args:
        run: Its folder, with `test.parquet`, and `val.parquet` where it has validation cells.
        work: Where the fitted calibrations are written.

    Returns:
        `fitted_on` ("val", or "test, cross-validated") with the number of cells, and by method
        `parameters`, `changes` (figure to before, after, difference, each with its interval
        where there is one) and `class_ece` (class to before and after), or `refused`.
    """
    validation = run / "val.parquet"
    if not validation.is_file():
        methods = {method: _cross_validated(run, method, work) for method in METHODS}
        return {"fitted_on": "test, cross-validated", "methods": methods}
    before = json.loads(
        hemoscope("evaluate", run / "test.parquet", "--resamples", "0", "--json", capture=True)
    )
    methods = {method: _judged(run, method, work, before) for method in METHODS}
    return {"fitted_on": "val", "judged_on": before["cells"], "methods": methods}


def _judged(run: Path, method: str, work: Path, before: Mapping[str, Any]) -> dict[str, Any]:
    """Fitted on validation cells, judged on test cells."""
    file = work / f"{method}.json"
    said, refusal = tried(
        "calibrate", run / "val.parquet", "--method", method, "--out", file, "--json"
    )
    if said is None:
        return {"refused": refusal}
    found = json.loads(
        hemoscope("evaluate", run / "test.parquet", "--calibration", file, "--json", capture=True)
    )
    changes, after = found["trust"]["changes"], found["calibration"]["per_class"]
    classes = before["calibration"]["per_class"]
    return {
        **_fitted(json.loads(said)),
        "changes": {name: _change(changes[path]) for path, name in CHANGED.items()},
        "class_ece": {c: [classes[c]["ece"], after[c]["ece"]] for c in after},
    }


def _cross_validated(run: Path, method: str, work: Path) -> dict[str, Any]:
    """Fitted on nine tenths of the test cells, judged on the tenth, ten times."""
    said, refusal = tried(
        *("calibrate", run / "test.parquet", "--method", method),
        *("--out", work / f"{method}.json", "--json"),
    )
    if said is None:
        return {"refused": refusal}
    fitted = json.loads(said)
    changes = {
        name: {
            "before": fitted["before"][name],
            "after": fitted["after"][name],
            "difference": fitted["after"][name] - fitted["before"][name],
        }
        for name in HELD_OUT
    }
    return {**_fitted(fitted), "changes": changes}


def _fitted(said: Mapping[str, Any]) -> dict[str, Any]:
    own = said["calibrator"]
    return {
        "cells": said["cells"],
        "parameters": {name: own[name] for name in PARAMETERS if name in own},
    }


def _change(told: Mapping[str, Any]) -> dict[str, Any]:
    sides = {side: told[side]["value"] for side in ("before", "after")}
    limits = {f"{side}_95": _limits(told[side]["interval"]) for side in ("before", "after")}
    own = {"difference": told["difference"], "difference_95": _limits(told["interval"])}
    return {**sides, **limits, **own}


def _limits(interval: Mapping[str, Any] | None) -> list[float] | None:
    return None if interval is None else [interval["low"], interval["high"]]
