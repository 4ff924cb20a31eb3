"""Runs the command as a user does, in a process of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hemoscope.predictions import Predictions


@dataclass(frozen=True)
class Outcome:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """Standard output, which has to be one JSON object and nothing else."""
        return json.loads(self.out)


Run = Callable[..., Outcome]


@pytest.fixture
def hemoscope(tmp_path: Path) -> Run:
    """Calls `hemoscope ARGUMENTS…` with a cache of its own."""

    def run(*arguments: str | Path) -> Outcome:
        done = subprocess.run(
            [sys.executable, "-m", "hemoscope", *map(str, arguments)],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "HEMOSCOPE_CACHE": str(tmp_path / "cache")},
        )
        return Outcome(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """A predictions table of 60 cells of three classes, mostly right."""
    rng = np.random.default_rng(0)
    truth = np.repeat([0, 1, 2], 20)
    logits = rng.normal(size=(60, 3)) + 2.5 * np.eye(3)[truth]
    classes = ("ig", "monocyte", "platelet")
    paths = [f"{i}.png" for i in range(60)]
    labels = [classes[i] for i in truth]
    return Predictions.from_logits(paths, classes, logits, labels=labels).write(
        tmp_path / "table.parquet"
    )


@pytest.fixture(scope="session")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle of a tiny model with random weights, to be read only."""
    from hemoscope.deployment.export import export_run
    from tests.deployment.conftest import make_run, tiny

    folder = tmp_path_factory.mktemp("classify")
    return export_run(make_run(folder / "run", tiny("customcnn-text")), folder / "bundle").path
