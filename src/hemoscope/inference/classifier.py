"""The classifier for Python programs: `Classifier.load(bundle)(images)`."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from threadpoolctl import ThreadpoolController

from hemoscope.cells import Frame, FramePair, UnreadableImageError
from hemoscope.errors import UsageError
from hemoscope.inference.images import CellImage, image_name, image_pixels
from hemoscope.inference.judging import Judge, Name
from hemoscope.inference.load import Engine, load_scorer
from hemoscope.inference.looking import look_in_order
from hemoscope.inference.scorer import Observation, Scorer
from hemoscope.inference.shipped import shipped_bundle
from hemoscope.inference.speaking import cells_in_words, speaks, with_words
from hemoscope.inference.tasks import CLASS, answers_of, tasks_of
from hemoscope.opinions.opinion import Opinion
from hemoscope.opinions.portions import portions

BATCH = 16
CHANNELS = 4  # at most so many has a picture; no grey image is so narrow

NamedImage = tuple[str | None, CellImage | UnreadableImageError]
"""A name, and the image, or why there is none."""


class Classifier:
    """Names cells, image by image, in memory that does not grow with their number.

    ```python
    classifier = Classifier.load()
    for opinion in classifier(["a.jpg", Image.open("b.png"), array]):
        print(opinion.label, opinion.probability, opinion.accepted, opinion.reason)
    ```

    A research tool, not a medical device.
    """

    def __init__(self, scorer: Scorer, *, batch: int = BATCH, judge: Judge | None = None) -> None:
        """Put a classifier together.

        Args:
            scorer: The model.
            batch: Images scored at once, at least 1.
            judge: What makes opinions of logits; by default softmax, which is not calibrated.
        """
        self._scorer, self._batch = scorer, batch
        self._judge = judge or Judge(scorer.classes)
        self._speaks = speaks(tasks_of(scorer))
        self._libraries = ThreadpoolController()

    @classmethod
    def load(
        cls,
        model: str | Path | None = None,
        *,
        batch: int = BATCH,
        threads: int | None = None,
        engine: Engine = "onnxruntime",
        bfloat16: bool = False,
        prior: str | None = None,
    ) -> Self:
        """The classifier in a bundle (which needs no torch) or a run folder, with its calibration.

        Args:
            model: The folder; by default the bundle that ships with hemoscope.
            batch: Images scored at once, at least 1.
            threads: That a bundle computes with; by default one for each processor.
            engine: What runs a bundle.
            bfloat16: As for `load_scorer`.
            prior: The mix of classes that is expected, such as "adult-blood" or
                "neutrophil=60,lymphocyte=30" (`hemoscope.calibration.Prior`); by default that of
                the validation cells.

        Raises:
            HemoscopeError: As `load_scorer` and `read_trust`; no bundle ships; or the prior
                cannot be used.
        """
        path = shipped_bundle() if model is None else Path(model)
        scorer = load_scorer(
            path, bfloat16=bfloat16, engine=engine, threads=threads, side_by_side=True
        )
        return cls(scorer, batch=batch, judge=Judge.beside(path, scorer.classes, prior))

    @property
    def classes(self) -> tuple[str, ...]:
        """The C class names, in the order of the logits."""
        return self._scorer.classes

    @property
    def judge(self) -> Judge:
        """What makes opinions of logits."""
        return self._judge

    @property
    def speaks(self) -> bool:
        """Whether the model has heads for attributes, so that opinions tell cells in words."""
        return self._speaks

    @property
    def frame(self) -> Frame | FramePair:
        """What the model sees of an image."""
        return self._scorer.frame

    def describe(self) -> dict[str, Any]:
        """Where model and calibration came from, as plain JSON values."""
        told = {**self._scorer.describe(), "calibration_sha256": self._judge.digest}
        trust = self._judge.trust
        if trust is not None and trust.prior is not None:
            told["prior"] = trust.prior.name
        if trust is not None and trust.shift is not None:
            told["adapted_to"] = {
                "cells": trust.shift.cells,
                "offsets": dict(zip(self.classes, trust.shift.offsets, strict=True)),
            }
        return told

    def adapted_to(self, images: Iterable[CellImage]) -> Self:
        """The same classifier for the microscope and stain that these images come from.

        It looks at them, and takes the shift that they show, without a label, out of every opinion
        (`hemoscope.calibration.SourceShift`). They may be the very ones that are classified then.

        Args:
            images: As for a call, some dozens at least, of one source; unreadable ones are passed
                over. All are looked at: hand in a few hundred of many.

        Raises:
            UsageError: As for a call; or the model has no calibration.
            CalibrationError: Its calibration is too old for this.
        """
        logits = [opinion.logits for opinion in self(images) if opinion.logits]
        seen = np.array(logits, np.float64).reshape(len(logits), len(self.classes))
        return type(self)(self._scorer, batch=self._batch, judge=self._judge.adapted_to(seen))

    def __call__(self, images: Iterable[CellImage]) -> Iterator[Opinion]:
        """One opinion for every image, in their order, while they are still being read.

        Images are decoded and looked at in threads (`look_in_order`). They are taken from the
        iterable as they are needed, a few batches ahead, so it may be a generator without end. An
        unreadable image gives an opinion that says why, and stops nothing.

        Args:
            images: Paths, PIL images, and arrays of uint8, (h, w, 3) RGB or (h, w) grey; or one
                array of images, (n, h, w, 3) or (n, h, w).

        Raises:
            UsageError: A single image or path was handed in, and not a collection of them.
        """
        if isinstance(images, str | Path | Image.Image) or _is_one_image(images):
            raise UsageError(
                "the classifier takes a collection of images, not a single one: write "
                "classifier([image]), or for a folder classifier(Path(folder).iterdir())."
            )
        return self._one_by_one(images)

    def _one_by_one(self, images: Iterable[CellImage]) -> Iterator[Opinion]:
        named = ((image_name(image), image) for image in images)
        for opinions in self.in_batches(named):
            yield from opinions

    def in_batches(
        self, images: Iterable[NamedImage], *, first: int = 0
    ) -> Iterator[list[Opinion]]:
        """The opinions on named images, a batch at a time.

        Args:
            images: Names and images.
            first: Index of the first.
        """
        frame = self.frame
        batches = look_in_order(
            self._scorer,
            _numbered(portions(images, self._batch), first),
            lambda batch: _read_batch(batch, frame),
            self._seen,
        )
        with closing(batches):
            for batch, seen in batches:
                # Judging multiplies small matrices. Threads for that would wait, by spinning, for
                # processors that look at cells.
                with self._libraries.limit(limits=1, user_api="blas"):
                    opinions = list(self._opinions(batch, seen))
                yield opinions

    def look(self, pixels: NDArray[np.uint8]) -> Observation:
        """(n, *frame.shape) uint8 RGB → everything that the model has to say of them."""
        return self._scorer.observe(pixels)

    def _opinions(self, batch: "_Batch", seen: Observation | None) -> Iterator[Opinion]:
        judged: Iterator[Opinion] = iter(())
        if seen is not None:
            judged = self._judge.opinions(batch.readable, seen)
            if self._speaks:
                judged = with_words(judged, cells_in_words(tasks_of(self._scorer), seen.tasks))
        for index, path, problem in batch.problems:
            if problem is None:
                yield next(judged)
            else:
                yield Opinion.unreadable(index, path, problem)

    def _seen(self, batch: "_Batch") -> Observation | None:
        """What is needed and no more: features, tasks, or the class alone."""
        if not batch.pixels:
            return None
        pixels = np.stack(batch.pixels)
        if self._judge.needs_features:
            return self._scorer.observe(pixels)
        heads = answers_of(self._scorer, pixels) if self._speaks else {}
        logits = heads[CLASS] if self._speaks else self._scorer.score(pixels)
        return Observation(logits, np.empty((len(logits), 0), np.float32), tasks=heads)


@dataclass(frozen=True, eq=False)
class _Batch:
    """Some images in their order: (index, path, problem) of all, pixels of the readable ones."""

    problems: list[tuple[int, str | None, str | None]]
    pixels: list[NDArray[np.uint8]]

    @property
    def readable(self) -> list[Name]:
        return [(index, path) for index, path, problem in self.problems if problem is None]


def _is_one_image(images: Iterable[CellImage]) -> bool:
    """Whether it is one picture as an array, whose rows of pixels would pass for grey images."""
    if not isinstance(images, np.ndarray):
        return False
    return images.ndim == 2 or (images.ndim == 3 and images.shape[2] <= CHANNELS)


def _numbered(
    batches: Iterable[Sequence[NamedImage]], first: int
) -> Iterator[tuple[int, Sequence[NamedImage]]]:
    for batch in batches:
        yield first, batch
        first += len(batch)


def _read_batch(numbered: tuple[int, Sequence[NamedImage]], frame: Frame | FramePair) -> _Batch:
    start, images = numbered
    batch = _Batch([], [])
    for index, (name, image) in enumerate(images, start):
        problem = None
        try:
            batch.pixels.append(image_pixels(image, frame))
        except UnreadableImageError as error:
            problem = error.cause
        batch.problems.append((index, name, problem))
    return batch
