"""A cell in words: the eleven attributes of WBCAtt as one line.

The attributes and their values are those of Tsutsui, Pang and Wen 2023 ("WBCAtt: A White Blood
Cell Dataset Annotated with Detailed Morphological Attributes", NeurIPS Datasets and Benchmarks).
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hemoscope.files import replacing
from hemoscope.predictions import Predictions, PredictionsError

ATTRIBUTES = (
    "cell_size",
    "cell_shape",
    "nucleus_shape",
    "nuclear_cytoplasmic_ratio",
    "chromatin_density",
    "cytoplasm_vacuole",
    "cytoplasm_texture",
    "cytoplasm_colour",
    "granule_type",
    "granule_colour",
    "granularity",
)

NUCLEI: Mapping[str, str] = MappingProxyType(
    {
        "segmented-bilobed": "segmented nucleus with two lobes",
        "segmented-multilobed": "segmented nucleus with several lobes",
        "unsegmented-band": "band-shaped nucleus",
        "unsegmented-indented": "indented nucleus",
        "unsegmented-round": "round nucleus",
        "irregular": "irregular nucleus",
    }
)
_CHROMATIN = {"densely": "dense chromatin", "loosely": "loose chromatin"}
_RATIO = {"high": "little cytoplasm"}  # a low ratio is what most cells have, so it isn't said
_NONE = "nil"

LEAST = 0.5
"""An attribute is spoken of where its answer has this probability: it is more likely than all other
answers together. The probability isn't calibrated."""


def describe_cell(attributes: Mapping[str, str]) -> str:
    """A line such as "big round cell, band-shaped nucleus, small pink granules, clear cytoplasm".

    Args:
        attributes: Names of `ATTRIBUTES` to values as WBCAtt writes them. What is missing, or has
            another value, isn't spoken of.

    Returns:
        Lower case, parts separated by commas; empty where nothing is known.
    """
    parts = (
        _cell(attributes),
        NUCLEI.get(attributes.get("nucleus_shape", ""), ""),
        _CHROMATIN.get(attributes.get("chromatin_density", ""), ""),
        _granules(attributes),
        _cytoplasm(attributes),
        _RATIO.get(attributes.get("nuclear_cytoplasmic_ratio", ""), ""),
    )
    return ", ".join(part for part in parts if part)


def in_words(
    paths: Sequence[str] | NDArray[np.object_],
    tasks: Mapping[str, Predictions],
    *,
    least: float = LEAST,
) -> list[str] | None:
    """A line for each cell, of what a model with heads for attributes says.

    Args:
        paths: The cells, in the order of the lines.
        tasks: Task name to predictions; those that are named like an attribute are used.
        least: An attribute is spoken of where its answer has at least this probability.

    Returns:
        One line a cell, or None where no task is an attribute.
    """
    tables = {name: tasks[name] for name in ATTRIBUTES if name in tasks}
    if not tables:
        return None
    known: dict[str, dict[str, str]] = {str(path): {} for path in paths}
    for name, table in tables.items():
        for row, answer in sure_answers(table.probabilities, table.classes, least):
            path = table.paths[row]
            if path in known:
                known[path][name] = answer
    return [describe_cell(known[str(path)]) for path in paths]


def sure_answers(
    probabilities: NDArray[np.float64], answers: Sequence[str], least: float = LEAST
) -> Iterator[tuple[int, str]]:
    """The rows of (n, answers) probabilities that may be spoken of, each with its answer."""
    for row in np.flatnonzero(probabilities.max(axis=1) >= least):
        yield int(row), answers[int(probabilities[row].argmax())]


def write_in_words(tasks: Mapping[str, Predictions], table: Path) -> Path | None:
    """Writes `NAME.in_words.csv` (path, in_words) beside a predictions table.

    Args:
        tasks: Task name to predictions.
        table: NAME.parquet or NAME.csv.

    Returns:
        The file, or None where no task is an attribute.

    Raises:
        PredictionsError: The file cannot be written.
    """
    every = sorted({str(path) for each in tasks.values() for path in each.paths})
    words = in_words(every, tasks)
    if words is None:
        return None
    file = table.with_name(f"{table.stem}.in_words.csv")
    with replacing(file, PredictionsError) as draft:
        pd.DataFrame({"path": every, "in_words": words}).to_csv(draft, index=False)
    return file


def _cell(attributes: Mapping[str, str]) -> str:
    size = attributes.get("cell_size", "")
    shape = attributes.get("cell_shape", "")
    adjectives = " ".join(
        value
        for value, allowed in ((size, ("big", "small")), (shape, ("round", "irregular")))
        if value in allowed
    )
    return f"{adjectives} cell" if adjectives else ""


def _granules(attributes: Mapping[str, str]) -> str:
    kind, colour = attributes.get("granule_type", ""), attributes.get("granule_colour", "")
    present = attributes.get("granularity", "")
    if present == "no" or (present != "yes" and _NONE in (kind, colour)):
        return "no granules"
    told = " ".join(value for value in (kind, colour) if value not in ("", _NONE))
    if told:
        return f"{told} granules"
    return "granules" if present == "yes" else ""


def _cytoplasm(attributes: Mapping[str, str]) -> str:
    words = (attributes.get("cytoplasm_texture", ""), attributes.get("cytoplasm_colour", ""))
    told = " ".join(word for word in (*words, "cytoplasm") if word)
    vacuoles = attributes.get("cytoplasm_vacuole") == "yes"
    if vacuoles:
        return f"{told} with vacuoles"
    return told if any(words) else ""
