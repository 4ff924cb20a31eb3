"""`classify_images`: any number of images → tables on disk, in bounded memory, loss-free."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hemoscope
from hemoscope.calibration.other_source import OtherSource
from hemoscope.errors import UsageError
from hemoscope.inference.classifier import Classifier, NamedImage
from hemoscope.inference.image_list import ImageList
from hemoscope.inference.maker import Maker
from hemoscope.opinions import (
    Findings,
    Form,
    Journal,
    JournalHeader,
    gather,
    remove_other_forms,
    write_cells,
    write_predictions,
)

if TYPE_CHECKING:
    from hemoscope.calibration.differential import Differential

Progress = Callable[[int, int | None], None]
"""Called with (images done, images in all or None)."""


@dataclass(frozen=True)
class Classified:
    """What came of a job.

    Attributes:
        findings: What was found.
        cells: The table of cells.
        predictions: The predictions table.
        per_100: The differential per 100 white cells, with limits for counting and for wrong calls;
            None where the calibration has no confusion counts.
        other_source: Whether the cells seem to come from elsewhere than those that the calibration
            was made on; None where unknown cells are not looked for.
        resumed_after: How many images an interrupted job had done already.
        provenance: Where the opinions came from, as plain JSON values.
    """

    findings: Findings
    cells: Path
    predictions: Path
    per_100: "Differential | None"
    other_source: OtherSource | None
    resumed_after: int
    provenance: dict[str, Any]


def classify_images(
    classifier: Classifier,
    images: ImageList,
    out: Path,
    *,
    form: Form = "csv",
    resume: bool = False,
    progress: Progress | None = None,
    report: Callable[[Classified], None] | None = None,
) -> Classified:
    """Names every image and writes it down at once.

    Opinions go to `journal.jsonl` batch by batch; at the end they become the table of cells
    and `predictions.parquet`, and the journal is removed. A process that was killed, or a disk that
    was full, loses nothing that was written; `resume` goes on after it.

    Args:
        classifier: The model and its calibration.
        images: What to look at.
        out: Folder for the results, made if need be. Results of an earlier, finished job in it
            are replaced when this one has come to its end.
        form: Of the table of cells.
        resume: Go on with the job that was interrupted in `out`.
        progress: Called after every batch.
        report: Called with the outcome while the journal is still there, so that a report that
            cannot be written loses nothing either.

    Raises:
        UsageError: `out` holds an unfinished job and `resume` is False; or there is none, or it is
            one of another model or of other images, and `resume` is True.
        JournalError: Something cannot be written, or another process is at work in `out`.
    """
    header = _header(classifier, images)
    with Journal.go_on(out, header) if resume else Journal.begin(out, header) as journal:
        items, done = iter(images.items), 0
        if resume:
            items, done = _what_is_missing(journal, items, out)
        seen = done
        for opinions in classifier.in_batches(items, first=done):
            journal.append(opinions)
            seen += len(opinions)
            if progress:
                progress(seen, images.total)
        outcome = _finish(journal, classifier, images, out, form, done)
        if report:
            report(outcome)
        journal.remove()
    return outcome


def _header(classifier: Classifier, images: ImageList) -> JournalHeader:
    model = str(Maker.told_by(classifier.describe()))
    asked, trust = [], classifier.judge.trust
    if trust is not None and trust.prior is not None:
        asked.append(f"--prior {trust.prior.name}")
    if trust is not None and trust.shift is not None:
        asked.append("--adapt")
    calibration = classifier.judge.digest
    return JournalHeader(classifier.classes, model, calibration, images.key, " ".join(asked))


def _what_is_missing(
    journal: Journal, items: Iterator[NamedImage], out: Path
) -> tuple[Iterator[NamedImage], int]:
    """The images after those that the journal has, and how many it has."""
    done = 0
    for opinion in journal:
        item = next(items, None)
        if item is None or item[0] != opinion.path:
            instead = "ends there" if item is None else f"has {item[0]}"
            raise UsageError(
                f"the unfinished job in {out} had other images: image {done + 1} was "
                f"{opinion.path}, and now the list {instead}. Name the same images in the same "
                "order, or choose another --out."
            )
        done += 1
    return items, done


def _finish(
    journal: Journal,
    classifier: Classifier,
    images: ImageList,
    out: Path,
    form: Form,
    resumed_after: int,
) -> Classified:
    provenance = {
        "hemoscope": hemoscope.__version__,
        "cells": {"root": str(images.root), "fingerprint": images.key},
        **classifier.describe(),
    }
    predictions = write_predictions(
        journal,
        classifier.classes,
        out / "predictions.parquet",
        provenance=provenance,
        groups=images.groups,
    )
    calibrated = classifier.judge.trust is not None
    shift = None if classifier.judge.trust is None else classifier.judge.trust.shift
    findings = gather(
        journal,
        classifier.classes,
        calibrated=calibrated,
        groups=images.groups,
        offsets=None if shift is None else shift.offsets,
    )
    cells = write_cells(journal, out, form, in_words=classifier.speaks)
    remove_other_forms(out, form)
    return Classified(
        findings,
        cells,
        predictions,
        _per_100(classifier, findings),
        _other_source(classifier, findings),
        resumed_after,
        provenance,
    )


def _per_100(classifier: Classifier, findings: Findings) -> "Differential | None":
    trust = classifier.judge.trust
    if trust is None or trust.confusion is None:
        return None
    own = [findings.own.get(name, 0) for name in classifier.classes]
    return trust.differential(own)


def _other_source(classifier: Classifier, findings: Findings) -> OtherSource | None:
    trust = classifier.judge.trust
    score = None if trust is None else trust.unknown
    rate = None if score is None else score.flag_rate
    return OtherSource.of(findings.counted.unknown, findings.cells, rate)
