"""`ExaminationStore`: what has been found out about images, on disk, by their content.

An audit that was interrupted goes on where it stopped, and one that is run again reads no image
whose content it has seen before, whatever the image is called now.
"""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from hemoscope.audit.facts import Facts
from hemoscope.audit.features import DESCRIPTOR, VERSION, LocalFeatures
from hemoscope.errors import HemoscopeError
from hemoscope.files import cause, replacing

FORMAT = f"audit-v1-features-v{VERSION}"


@dataclass(frozen=True, eq=False)
class Examined:
    """One image, examined.

    Attributes:
        digest: 32 bytes, equal for equal content only.
        pixels: 32 bytes, equal for equal pixels at full size only.
        facts: What the file is like.
        features: Its keypoints.
    """

    digest: bytes
    pixels: bytes
    facts: Facts
    features: LocalFeatures


class ExaminationStore:
    """A folder of Parquet files, each with some hundred examined images.

    Files are written beside their final name and then renamed, so that a run that is killed
    leaves nothing half-written.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory / FORMAT

    def read(self, wanted: Iterable[bytes]) -> dict[bytes, Examined]:
        """Those of the wanted digests that are known."""
        left = set(wanted)
        found: dict[bytes, Examined] = {}
        for file in sorted(self._directory.glob("[!.]*.parquet")):
            if not left:
                break
            found.update(_read_shard(file, left))
            left -= found.keys()
        return found

    def write(self, examined: Sequence[Examined]) -> None:
        """Adds images; their digests should not be known yet.

        Raises:
            HemoscopeError: The folder cannot be written.
        """
        if not examined:
            return
        try:
            self._directory.mkdir(parents=True, exist_ok=True)
            with replacing(self._directory / f"{uuid.uuid4().hex}.parquet") as draft:
                pq.write_table(_to_table(examined), draft, compression="none")
        except OSError as error:
            why = cause(error, when_full="the disk is full")
            raise HemoscopeError(
                f"what the audit found out cannot be kept in {self._directory}: {why}. Make room "
                "there, or set HEMOSCOPE_CACHE to a folder that can be written. The same command "
                "then goes on from what is kept already."
            ) from error


def _to_table(examined: Sequence[Examined]) -> pa.Table:
    rows = [
        {
            "digest": item.digest,
            "pixels": item.pixels,
            "points": item.features.points.tobytes(),
            "descriptors": item.features.descriptors.tobytes(),
            **asdict(item.facts),
        }
        for item in examined
    ]
    return pa.Table.from_pylist(rows)


def _read_shard(file: Path, wanted: set[bytes]) -> dict[bytes, Examined]:
    try:
        digests = pq.read_table(file, columns=["digest"])["digest"].to_pylist()
        if wanted.isdisjoint(digests):
            return {}
        rows = pq.read_table(file).to_pylist()
    except (OSError, pa.ArrowException):  # damaged: its images are examined once more
        return {}
    return {row["digest"]: _examined(row) for row in rows if row["digest"] in wanted}


def _examined(row: dict) -> Examined:
    points: NDArray[np.float32] = np.frombuffer(row["points"], np.float32).reshape(-1, 4)
    descriptors: NDArray[np.uint8] = np.frombuffer(row["descriptors"], np.uint8).reshape(
        -1, DESCRIPTOR
    )
    facts = Facts(**{field.name: row[field.name] for field in fields(Facts)})
    return Examined(row["digest"], row["pixels"], facts, LocalFeatures(points, descriptors))
