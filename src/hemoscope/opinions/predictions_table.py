"""`predictions.parquet`, written while the journal is read."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from hemoscope.opinions.opinion import Opinion
from hemoscope.opinions.portions import portions
from hemoscope.opinions.replacing import replacing
from hemoscope.predictions import PROVENANCE_KEY

_ROWS = 4096  # of a row group


def write_predictions(
    opinions: Iterable[Opinion],
    classes: Sequence[str],
    file: Path,
    *,
    provenance: Mapping[str, Any],
    groups: Sequence[str] | None = None,
) -> Path:
    """Writes the logits of all readable images as `Predictions.write` does, in bounded memory.

    They are the model's own, not calibrated.

    Args:
        opinions: In any number.
        classes: C names, in the order of the logits.
        file: A `.parquet` file.
        provenance: Plain JSON values.
        groups: Group of each image by its index, or None.

    Raises:
        JournalError: It cannot be written.
    """
    text = [("path", pa.string())] + ([] if groups is None else [("group", pa.string())])
    numbers = [(f"logit_{name}", pa.float64()) for name in classes]
    metadata = {PROVENANCE_KEY: json.dumps(dict(provenance)).encode()}
    schema = pa.schema([*text, *numbers], metadata=metadata)
    readable = (opinion for opinion in opinions if opinion.problem is None)
    with replacing(file) as draft, pq.ParquetWriter(draft, schema) as writer:
        for some in portions(readable, _ROWS):
            writer.write_table(pa.table(_columns(some, groups, len(classes)), schema))
    return file


def _columns(
    some: Sequence[Opinion], groups: Sequence[str] | None, classes: int
) -> list[Sequence[Any]]:
    text: list[Sequence[Any]] = [[opinion.path for opinion in some]]
    if groups is not None:
        text.append([groups[opinion.index] for opinion in some])
    return [*text, *([opinion.logits[place] for opinion in some] for place in range(classes))]
