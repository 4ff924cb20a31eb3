"""What an audit leaves on disk as tables."""

import json
from pathlib import Path

import numpy as np

from hemoscope.audit.audit import Audit
from hemoscope.cells import write_manifest
from hemoscope.errors import HemoscopeError
from hemoscope.files import cause


def write_tables(result: Audit, directory: Path) -> None:
    """Writes findings.json, groups.csv, pairs.csv, batch.csv and, of image files, cleaned.csv.

    A manifest names image files, so there is no cleaned.csv of cells in an array file.

    Raises:
        HemoscopeError: The folder cannot be written to.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
        text = json.dumps(result.to_dict(), indent=2, ensure_ascii=False, default=_plain)
        (directory / "findings.json").write_text(text + "\n", encoding="utf-8")
        result.groups().to_csv(directory / "groups.csv", index=False)
        _pairs(result).to_csv(directory / "pairs.csv", index=False, float_format="%.5g")
        _batches(result).to_csv(directory / "batch.csv", index=False)
        if not result.case.table.arrays:
            write_manifest(result.cleaned(), directory / "cleaned.csv")
    except OSError as error:
        raise HemoscopeError(f"cannot write {directory}: {cause(error)}.") from error


def _pairs(result: Audit):
    paths, pairs = result.case.table.paths, result.case.groups.pairs
    ends = {f"path_{i}": paths[pairs[end]] for i, end in ((1, "first"), (2, "second"))}
    return pairs.drop(columns=["first", "second"]).assign(**ends)


def _batches(result: Audit):
    batches, examination = result.case.batches, result.case.examination
    frame = result.case.describe(examination.rows)
    return frame.assign(
        signature=batches.signature,
        second=batches.second,
        other_background=batches.other_background,
    )


def _plain(value: object) -> object:
    if isinstance(value, np.generic):
        return value.item()
    return str(value)
