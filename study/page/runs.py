"""Finished runs of the study as they lie under results/."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import pandas as pd
import yaml

from hemoscope.errors import HemoscopeError
from hemoscope.predictions import Predictions
from study.plan import Reduced
from study.provenance import hardware
from study.run import REDUCED

NEEDED = ("test.parquet", "test.json", "recipe.yaml", "provenance.json", "history.csv")


class StudyError(HemoscopeError):
    """Result files that cannot be read."""


@dataclass(frozen=True)
class RunResult:
    """One training with one seed.

    Attributes:
        folder: `NAME/seed-SEED`.
    """

    folder: Path

    @classmethod
    def at(cls, folder: Path) -> Self:
        """A folder that is whole.

        Raises:
            StudyError: A file is missing; says which.
        """
        missing = [name for name in NEEDED if not (folder / name).is_file()]
        if missing:
            raise StudyError(
                f"{folder} has no {', '.join(missing)}, so it is no whole result. Remove the "
                "folder and run the study again."
            )
        return cls(folder)

    @property
    def name(self) -> str:
        """Of the run, in plan.yaml."""
        return self.folder.parent.name

    @property
    def seed(self) -> int:
        """Of the training."""
        return int(self.folder.name.removeprefix("seed-"))

    @cached_property
    def figures(self) -> Mapping[str, Any]:
        """What `hemoscope evaluate --json` said of the test cells."""
        return self._json("test.json")

    @cached_property
    def provenance(self) -> Mapping[str, Any]:
        """What it was made of."""
        return self._json("provenance.json")

    @cached_property
    def twins(self) -> Mapping[str, Any] | None:
        """Accuracy with and without a twin; None until `study.evidence` has run."""
        return self._json("twins.json") if (self.folder / "twins.json").is_file() else None

    @cached_property
    def calibrations(self) -> Mapping[str, Any] | None:
        """Every calibration; None until `study.evidence` has run."""
        name = "calibrations.json"
        return self._json(name) if (self.folder / name).is_file() else None

    @cached_property
    def recipe(self) -> Mapping[str, Any]:
        """The resolved recipe."""
        return yaml.safe_load((self.folder / "recipe.yaml").read_text(encoding="utf-8"))

    @cached_property
    def history(self) -> pd.DataFrame:
        """One row an epoch."""
        return pd.read_csv(self.folder / "history.csv")

    @cached_property
    def test(self) -> Predictions:
        """The predictions on the test cells."""
        return Predictions.read(self.folder / "test.parquet")

    @property
    def minutes(self) -> float:
        """Wall time of the training."""
        return float(self.provenance["training_seconds"]) / 60

    @property
    def hardware(self) -> str:
        """What it ran on."""
        return hardware(self.provenance)

    def figure(self, path: str) -> float | None:
        """The figure at a path of the JSON, such as "roc.macro.auc"."""
        value: Any = self.figures
        for key in path.split("."):
            value = value[key]
        return value

    def interval(self, path: str) -> tuple[float, float] | None:
        """Its 95 % interval, where it has one."""
        found = self.figures["intervals"].get(path)
        return None if found is None else (found["low"], found["high"])

    def _json(self, name: str) -> Mapping[str, Any]:
        file = self.folder / name
        try:
            return json.loads(file.read_text(encoding="utf-8"))
        except ValueError as error:
            raise StudyError(f"{file} is no JSON: {error}.") from error


@dataclass(frozen=True)
class StudyRuns:
    """What there is of a study, whole or reduced.

    Attributes:
        folder: results/study or results/study-reduced.
        reduced: What it has less of; None: the whole study.
        runs: Name to its seeds, in the order of the seeds.
    """

    folder: Path
    reduced: Reduced | None
    runs: Mapping[str, tuple[RunResult, ...]]

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Reads whatever is there.

        Raises:
            StudyError: A result is not whole, or reduced.json is missing or malformed.
        """
        found: dict[str, list[RunResult]] = {}
        for place in sorted(folder.glob("*/seed-*")):
            found.setdefault(place.parent.name, []).append(RunResult.at(place))
        ordered = {name: tuple(sorted(own, key=lambda r: r.seed)) for name, own in found.items()}
        return cls(folder, _reduced(folder) if found else None, ordered)

    @property
    def words(self) -> str:
        """How its tables are named."""
        return "full study" if self.reduced is None else self.reduced.words

    def of(self, name: str) -> tuple[RunResult, ...]:
        """The seeds of a run; none where it has not been made."""
        return self.runs.get(name, ())


def _reduced(folder: Path) -> Reduced | None:
    file = folder / REDUCED
    if not file.is_file():
        if folder.name.endswith("-reduced"):
            raise StudyError(f"{folder} has no {REDUCED}, so nobody can say what it has less of.")
        return None
    try:
        return Reduced.model_validate_json(file.read_bytes())
    except ValueError as error:
        raise StudyError(f"{file} does not say what a reduced study has less of: {error}") from None
