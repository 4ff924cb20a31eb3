"""What leaves the bench: the signed differential, and labels that persons gave."""

import csv
import io
import json
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from hemoscope.files import cause, replacing
from hemoscope.review.bench import Bench
from hemoscope.review.errors import ReviewError
from hemoscope.review.pages import signed_page
from hemoscope.review.signature import Signature
from hemoscope.review.verdicts import SET_ASIDE

_COUNTS = ("class", "white", "as_called", "named", "per_100", "estimate", "low", "high")
_LABELS = ("path", "label", "called", "probability", "decided_by", "decided_at", "note")


def export_review(bench: Bench, folder: Path, root: Path) -> list[Path]:
    """Writes `labels.csv`, and of the last signed version a record, a table and a page.

    Args:
        bench: The job.
        folder: Where to write; made if need be.
        root: What the paths of the job are relative to; those in `labels.csv` are relative to
            `folder`, as a manifest's are.

    Raises:
        ReviewError: Something cannot be written.
    """
    there = Path(os.path.relpath(root, folder))
    texts = {"labels.csv": labels_csv(bench, there)}
    signed = bench.signatures()
    if signed:
        last = signed[-1]
        record = {"digest": last.digest, "record": last.record}
        texts |= {
            f"differential-{last.version}.json": json.dumps(record, indent=2, ensure_ascii=False),
            f"differential-{last.version}.csv": signature_csv(last),
            f"differential-{last.version}.html": signed_page(last, alone=True),
        }
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ReviewError(f"cannot make the folder {folder}: {cause(error)}.") from error
    written = []
    for name, text in texts.items():
        with replacing(folder / name, ReviewError) as draft:
            draft.write_text(text, encoding="utf-8", newline="\n")
        written.append(folder / name)
    return written


def labels_csv(bench: Bench, there: Path = Path()) -> str:
    """A manifest of the cells that a person has named: those alone have a label to learn from.

    Args:
        bench: The job.
        there: Goes before every path.
    """
    decided = bench.decided()
    rows = [
        (
            (there / cell.path).as_posix(),
            event.verdict,
            cell.called,
            cell.probability,
            event.who,
            event.at.isoformat(timespec="seconds"),
            event.note,
        )
        for cell in bench.job.cells
        if (event := decided.get(cell.number)) is not None
        and event.verdict is not None
        and event.verdict not in SET_ASIDE
    ]
    return _csv(_LABELS, rows)


def signature_csv(signature: Signature) -> str:
    """The differential of a signed version, one row a class."""
    rows = signature.record.get("differential", [])
    return _csv(_COUNTS, [[row.get(name) for name in _COUNTS] for row in rows])


def _csv(columns: Sequence[str], rows: Iterable[Iterable[object]]) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_safe(value) for value in row] for row in rows)
    return buffer.getvalue()


def _safe(value: object) -> object:
    """A text that no spreadsheet takes for a formula: what people write stays what they wrote."""
    return f"'{value}" if isinstance(value, str) and value[:1] in {"=", "+", "@", "\t"} else value
