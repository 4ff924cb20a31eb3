"""From runs to measurements: one entry a claim that we can measure."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from hemoscope.claims.claim import MODELS, Claim, Kind, Model
from hemoscope.claims.ledger import read_ledger
from study.ledger.quantities import path_of, paths_over_classes
from study.markdown import counted
from study.page.made import command
from study.page.printed import RUN_OF, class_names
from study.page.replica import Built, built
from study.page.runs import RunResult, StudyRuns

Entry = dict[str, Any]
TIME_UNITS = {"min": 1.0, "s": 60.0}
COUNTED = {
    "total_parameters": "total",
    "trainable_parameters": "trainable",
    "frozen_parameters": "frozen",
    "tokens": "tokens",
    "feature_map_edge": "map_edge",
    "feature_map_channels": "map_channels",
}


def architecture_entries() -> dict[str, Entry]:
    """Every claim on sizes that our built models answer; counts, so without intervals."""
    ours = {model: built(model) for model in MODELS}
    return {
        claim.id: {"value": _counted(claim, ours[claim.model]), "command": _says(claim)}
        for claim in read_ledger()
        if claim.model is not None and claim.quantity in COUNTED
    }


def _says(claim: Claim) -> str:
    """The command that prints the count."""
    return "python -m study.ledger" if "map" in claim.quantity else "hemoscope models"


def _counted(claim: Claim, ours: Built) -> float:
    value = getattr(ours, COUNTED[claim.quantity])
    return float(value / claim.measure.scale)


def replica_entries(study: StudyRuns) -> dict[str, Entry]:
    """Every claim on results that the replicas which are there answer.

    With one seed the interval is that over cells; with several, mean ± Student's t over seeds
    would need more of them than there are, so that the widest limits of any seed are given.
    """
    entries = {}
    for claim in read_ledger():
        if claim.model is None or claim.kind is not Kind.RESULT:
            continue
        runs = study.of(RUN_OF[claim.model])
        found = _estimate(claim, runs) if runs else None
        if found is not None:
            entries[claim.id] = {**found, **_source(claim.model, study, runs)}
    return entries


def _source(model: Model, study: StudyRuns, runs: Sequence[RunResult]) -> Entry:
    split = runs[0].provenance["data"]["split_column"]
    less: Entry = {}
    if study.reduced is not None:  # all that it has less of stands on the page of results
        less = {"short_of": f"the reduced study of {counted(study.reduced.epochs, 'epoch')}"}
    return {
        "n": runs[0].figures["cells"],
        "split": split,
        "seeds": [run.seed for run in runs],
        "hardware": "; ".join(dict.fromkeys(run.hardware for run in runs)),
        "command": command(study, f"replica/{RUN_OF[model]}"),
        **less,
    }


def _estimate(claim: Claim, runs: Sequence[RunResult]) -> Entry | None:
    """Value and limits in the claim's own unit."""
    if claim.quantity == "training_time" and claim.unit in TIME_UNITS:
        return {"value": float(np.mean([run.minutes for run in runs])) * TIME_UNITS[claim.unit]}
    over = paths_over_classes(claim)
    if over:
        return _extreme(claim, over, runs)
    if claim.quantity in ("confusion", "reciprocal"):
        return _confused(claim, runs)
    if claim.quantity in ("temperature", "ece_after_temperature"):
        return _temperature(claim, runs)
    path = path_of(claim)
    return None if path is None else _figure(claim, path, runs)


def _figure(claim: Claim, path: str, runs: Sequence[RunResult]) -> Entry | None:
    values = [_value(run, path) for run in runs]
    known = [value for value in values if value is not None]
    if len(known) < len(runs):
        return None
    scale = 1 / float(claim.measure.scale)
    entry: Entry = {"value": float(np.mean(known)) * scale}
    intervals = [run.interval(path) for run in runs]
    limits = [one for one in intervals if one is not None]
    if len(limits) == len(runs):
        low, high = min(one[0] for one in limits), max(one[1] for one in limits)
        # A binned error lies above its own interval where bias alone explains it.
        if low * scale <= entry["value"] <= high * scale:
            entry |= {"low": low * scale, "high": high * scale}
    return entry


def _value(run: RunResult, path: str) -> float | None:
    if path.startswith("dynamics") and run.figures["dynamics"] is None:
        return None
    return run.figure(path)


def _extreme(claim: Claim, paths: Sequence[str], runs: Sequence[RunResult]) -> Entry | None:
    each = [[run.figure(path) for path in paths] for run in runs]
    known = [[value for value in row if value is not None] for row in each]
    if any(len(row) < len(paths) for row in known):
        return None
    end = max if claim.quantity.endswith("_max") else min
    return {"value": float(np.mean([end(row) for row in known])) / float(claim.measure.scale)}


def _confused(claim: Claim, runs: Sequence[RunResult]) -> Entry | None:
    """Cells of one class called another; of "reciprocal" claims both ways together."""
    named = re.search(r"classes (\d) and (\d)|class (\d) predicted as class (\d)", claim.means)
    if named is None:
        return None
    first, second = (class_names()[int(digit)] for digit in named.groups() if digit is not None)
    counts = []
    for run in runs:
        order = {name: place for place, name in enumerate(run.figures["classes"])}
        matrix = run.figures["confusion"]["matrix"]
        count = matrix[order[first]][order[second]]
        if claim.quantity == "reciprocal":
            count += matrix[order[second]][order[first]]
        counts.append(count)
    return {"value": float(np.mean(counts))}


def _temperature(claim: Claim, runs: Sequence[RunResult]) -> Entry | None:
    fits = [_scaled(run.calibrations, claim) for run in runs]
    known = [fit for fit in fits if fit is not None]
    return {"value": float(np.mean(known))} if len(known) == len(runs) else None


def _scaled(calibrations: Mapping[str, Any] | None, claim: Claim) -> float | None:
    if calibrations is None or claim.cell_class is not None:
        return None
    fit = calibrations["methods"]["temperature"]
    if "refused" in fit:
        return None
    if claim.quantity == "temperature":
        return fit["parameters"]["temperature"]
    return fit["changes"]["ece"]["after"]
