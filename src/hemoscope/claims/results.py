"""Our own measurements of the paper's numbers, as files that runs leave behind.

A file is one JSON object from claim id to measurement:

    {"t4.inception_v3.accuracy": {"value": 0.981, "low": 0.976, "high": 0.985, "n": 3418,
      "split": "paper, seed 42", "seeds": [1, 2, 3], "hardware": "…", "command": "…"}}

Values are in the claim's own unit: a claim printed in per cent is measured in per cent.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from hemoscope.claims.claim import Claim
from hemoscope.claims.interval import Interval
from hemoscope.claims.ledger import Ledger
from hemoscope.errors import HemoscopeError, UsageError


class ResultsError(HemoscopeError):
    """A results file that cannot be read, or that measures what nobody claimed."""


class NoResultsError(ResultsError, UsageError):
    """A name under which there are no results."""


class Measured(BaseModel):
    """What we got for one claim.

    Attributes:
        value: The estimate.
        low: Low end of its 95 % interval; None for a count, or where nobody knows it.
        high: High end.
        n: Cells that it was measured on.
        split: Which cells those were.
        seeds: Seeds of the runs behind it.
        hardware: What they ran on.
        command: How to get it again.
        short_of: How it falls short of what the claim is about, such as "a reduced study of 4
            epochs". It then stands beside the claim and decides nothing; None: in no way.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    value: float
    low: float | None = None
    high: float | None = None
    n: int | None = None
    split: str | None = None
    seeds: tuple[int, ...] = ()
    hardware: str | None = None
    command: str | None = None
    short_of: str | None = None

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if (self.low is None) != (self.high is None):
            raise ValueError("give both low and high, or neither")
        low, high = self.ends
        if not low <= self.value <= high:
            raise ValueError(f"value {self.value} lies outside {low} to {high}")
        return self

    @property
    def ends(self) -> tuple[float, float]:
        """The interval; the value twice where there is none."""
        if self.low is None or self.high is None:
            return self.value, self.value
        return self.low, self.high

    def shown_for(self, claim: Claim) -> str:
        """The figure as the page shows it: a count to its last digit, an estimate to four."""
        form = "{:,.4g}" if claim.measure.estimated else "{:,.10g}"
        if self.low is None or self.high is None:
            return form.format(self.value)
        return f"{form.format(self.value)} ({form.format(self.low)} to {form.format(self.high)})"


@dataclass(frozen=True)
class Comparison:
    """A measurement against its claim.

    Attributes:
        reproduced: Whether ours agrees; None where ours cannot tell.
        words: The same for a reader.
    """

    reproduced: bool | None
    words: str


def compare(claim: Claim, measured: Measured) -> Comparison:
    """Whether a measurement reproduces a claim.

    It does if its 95 % interval (or the value of a count) holds some value that rounds to what
    the paper prints; for a limit ("above", "at most"), if it holds some value on the
    right side of it. Better than the paper is therefore not reproduced either: the words say on
    which side ours lies. An estimate without an interval decides nothing: no second run would
    hit the paper's last digit either. Nor does one that falls short of what the claim is about.
    """
    if measured.short_of is not None:
        return Comparison(reproduced=None, words=f"by {measured.short_of}, which decides nothing")
    if measured.low is None and claim.measure.estimated:
        return Comparison(reproduced=None, words="without an interval")
    low, high = (Fraction(str(end)) * claim.measure.scale for end in measured.ends)
    if claim.allows(Interval(low, high)):
        return Comparison(reproduced=True, words="ours agrees")
    side = "higher" if low > claim.interval.high else "lower"
    return Comparison(reproduced=False, words=f"ours is {side}")


def read_results(source: Path, ledger: Ledger) -> dict[str, Measured]:
    """Reads one results file, or every `*.json` of a folder.

    Raises:
        ResultsError: If nothing is there, a file is not as it should be, a claim is unknown, or
            two files measure the same claim.
    """
    if source.is_dir():
        paths = sorted(source.glob("*.json"))
    elif source.is_file():
        paths = [source]
    else:
        raise NoResultsError(f"There are no results at {source}: name a JSON file or their folder.")
    found: dict[str, Measured] = {}
    for path in paths:
        for name, entry in _read_object(path).items():
            if name not in ledger.claims:
                raise ResultsError(f"{path} measures {name!r}, but no claim is called that.")
            if name in found:
                raise ResultsError(f"{path} measures {name!r}, as another file does: drop one.")
            found[name] = _measurement(path, name, entry)
    return found


def _read_object(path: Path) -> Mapping[str, object]:
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise ResultsError(f"{path} is no JSON file: {error}") from error
    if not isinstance(raw, dict):
        raise ResultsError(f"{path} must hold one object from claim id to measurement.")
    return raw


def _measurement(path: Path, name: str, entry: object) -> Measured:
    try:
        return Measured.model_validate(entry)
    except ValidationError as error:
        problem = error.errors()[0]
        place = ".".join(map(str, problem["loc"])) or "the measurement"
        raise ResultsError(f"{path}, {name}: {place}: {problem['msg']}.") from error
