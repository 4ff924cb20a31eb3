"""One pass over the files of a table: every check starts from what it gathers."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hemoscope.audit.facts import Facts, facts_of, grey
from hemoscope.audit.features import FEATURE_SIZE, LocalFeatures, extract
from hemoscope.audit.store import ExaminationStore, Examined
from hemoscope.audit.threads import one_thread_each
from hemoscope.cells import CellFailure, CellTable, Progress, UnreadableImageError, fit_to
from hemoscope.cells.decode import ImageHeader, decode_with_header
from hemoscope.cells.parallel import default_workers, map_in_order
from hemoscope.cells.reading import CellContent, read_content

STRETCH = 256  # images to a piece of work, and to a file of the store
COLUMNS = ["row", "digest", "pixels", *(field.name for field in fields(Facts))]


@dataclass(frozen=True, eq=False)
class Examination:
    """What a table's files are like.

    Attributes:
        table: The cells.
        facts: One row a readable cell: `row` (in the table), `digest`, `pixels` and the fields of
            `Facts`; index 0 … r-1.
        features: The keypoints of the readable cells, in the order of `facts`.
        failures: The cells that are not readable.
    """

    table: CellTable
    facts: pd.DataFrame
    features: Sequence[LocalFeatures]
    failures: tuple[CellFailure, ...]

    @property
    def rows(self) -> NDArray[np.intp]:
        """(r,) the row of the table of each readable cell."""
        return self.facts["row"].to_numpy(dtype=np.intp)

    @property
    def paths(self) -> NDArray[np.object_]:
        """(r,) the name of each readable cell."""
        return self.table.paths[self.rows]


def examine(
    table: CellTable,
    *,
    cache: Path | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Examination:
    """Reads every image once; those whose content the cache knows are not decoded.

    Args:
        table: The cells.
        cache: Folder for what was found out; an interrupted pass goes on from there.
        workers: Threads; by default one for each processor.
        progress: Told how many cells are done.

    Raises:
        MissingExtraError: OpenCV is not installed.
        HemoscopeError: The cache cannot be written.
    """
    store = None if cache is None else ExaminationStore(cache)
    workers = workers or default_workers()
    contents = _digests(table, workers)
    wanted = {digest for digest in contents if isinstance(digest, bytes)}
    known = {} if store is None else store.read(wanted)
    failed: dict[int, str] = {}
    todo = _first_rows(contents, known)
    done = len(table) - len(todo)
    stretches = [todo[i : i + STRETCH] for i in range(0, len(todo), STRETCH)]
    with one_thread_each():
        for examined, failures in map_in_order(
            lambda s: _examine_rows(table, s), stretches, workers
        ):
            if store is not None:
                store.write(examined)
            known.update({item.digest: item for item in examined})
            failed.update(failures)
            done += len(examined) + len(failures)
            if progress is not None:
                progress(done, len(table))
    return _gather(table, contents, known, failed)


def _digests(table: CellTable, workers: int) -> list[bytes | str]:
    """The digest of every row, or the cause why there is none."""

    def digest(row: int) -> bytes | str:
        try:
            return read_content(table, row).digest()
        except UnreadableImageError as error:
            return error.cause

    return list(map_in_order(digest, range(len(table)), workers))


def _first_rows(contents: Sequence[bytes | str], known: dict[bytes, Examined]) -> list[int]:
    """For every content that is not known yet, the first row that has it."""
    first: dict[bytes, int] = {}
    for row, content in enumerate(contents):
        if isinstance(content, bytes) and content not in known:
            first.setdefault(content, row)
    return list(first.values())


def _examine_rows(table: CellTable, rows: Sequence[int]) -> tuple[list[Examined], dict[int, str]]:
    examined: list[Examined] = []
    failures: dict[int, str] = {}
    for row in rows:
        try:
            examined.append(examine_content(read_content(table, row)))
        except UnreadableImageError as error:
            failures[row] = error.cause
    return examined, failures


def examine_content(content: CellContent) -> Examined:
    """Everything about one image.

    Raises:
        UnreadableImageError: It cannot be decoded.
    """
    if isinstance(content.data, bytes):
        full, header = decode_with_header(content.data)
    else:
        full = content.pixels()
        header = ImageHeader("array", "RGB", full.shape[1], full.shape[0])
    image = fit_to(full, FEATURE_SIZE)
    pixels = hashlib.sha256(repr(full.shape).encode() + full.tobytes()).digest()
    return Examined(
        content.digest(), pixels, facts_of(content.data, header, image), extract(grey(image))
    )


def _gather(
    table: CellTable,
    contents: Sequence[bytes | str],
    known: dict[bytes, Examined],
    failed: dict[int, str],
) -> Examination:
    causes = {contents[row]: cause for row, cause in failed.items()}
    rows: list[dict] = []
    features: list[LocalFeatures] = []
    failures: list[CellFailure] = []
    for row, content in enumerate(contents):
        item = known.get(content) if isinstance(content, bytes) else None
        if item is None:
            cause = causes.get(content, content)
            failures.append(CellFailure(row, str(table.paths[row]), str(cause)))
            continue
        rows.append(
            {"row": row, "digest": item.digest, "pixels": item.pixels, **asdict(item.facts)}
        )
        features.append(item.features)
    return Examination(table, pd.DataFrame(rows, columns=COLUMNS), features, tuple(failures))
