"""The classifier for Python programs: `Classifier.load(bundle)(images)`."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.special import softmax

from hemoscope.cells import Frame, UnreadableImageError
from hemoscope.cells.parallel import default_workers, map_in_order
from hemoscope.errors import UsageError
from hemoscope.inference.images import CellImage, image_name, image_pixels
from hemoscope.inference.load import load_scorer
from hemoscope.inference.scorer import Scorer

BATCH = 32

ToProbabilities = Callable[[NDArray[np.float32]], NDArray[np.floating]]
"""(n, C) logits → (n, C) probabilities in [0, 1]; rows sum to 1."""


@dataclass(frozen=True)
class Opinion:
    """What the classifier says of one image.

    Attributes:
        index: The image's place among those handed in, from 0.
        path: Its path, where it was handed in as one.
        label: The most probable class; None for an unreadable image.
        probability: Of that class, in [0, 1]; None for an unreadable image.
        probabilities: Of every class; empty for an unreadable image.
        problem: Why the image cannot be read, or None.
    """

    index: int
    path: str | None
    label: str | None
    probability: float | None
    probabilities: Mapping[str, float]
    problem: str | None


class Classifier:
    """Names cells, image by image, in memory that does not grow with their number.

    ```python
    classifier = Classifier.load("bundle")
    for opinion in classifier(["a.jpg", Image.open("b.png"), array]):
        print(opinion.label, opinion.probability, opinion.problem)
    ```

    A research tool, not a medical device.
    """

    def __init__(
        self, scorer: Scorer, *, batch: int = BATCH, to_probabilities: ToProbabilities | None = None
    ) -> None:
        """Put a classifier together.

        Args:
            scorer: The model.
            batch: Images scored at once, at least 1.
            to_probabilities: Such as a fitted calibration; by default softmax, which is not
                calibrated.
        """
        self._scorer, self._batch = scorer, batch
        self._to_probabilities = to_probabilities or _softmax

    @classmethod
    def load(cls, model: str | Path, *, batch: int = BATCH, threads: int | None = None) -> Self:
        """The classifier in a bundle (which needs no torch) or a run folder.

        Args:
            model: The folder.
            batch: Images scored at once, at least 1.
            threads: For the model; by default one for each processor.

        Raises:
            HemoscopeError: As `load_scorer`.
        """
        return cls(load_scorer(model, threads=threads), batch=batch)

    @property
    def classes(self) -> tuple[str, ...]:
        """The C class names, in the order of the logits."""
        return self._scorer.classes

    def __call__(self, images: Iterable[CellImage]) -> Iterator[Opinion]:
        """One opinion for every image, in their order, while they are still being read.

        Decoding goes on in threads while the model works. Images are taken from the iterable as
        they are needed, a few batches ahead, so it may be a generator without end. An unreadable
        image gives an opinion that says why, and stops nothing.

        Args:
            images: Paths, PIL images, and arrays of uint8, (h, w, 3) RGB or (h, w) grey.

        Raises:
            UsageError: A single image or path was handed in, and not a collection of them.
        """
        if isinstance(images, str | Path | Image.Image):
            raise UsageError(
                "the classifier takes a collection of images, not a single one: write "
                "classifier([image]), or for a folder classifier(Path(folder).iterdir())."
            )
        return self._opinions(images)

    def _opinions(self, images: Iterable[CellImage]) -> Iterator[Opinion]:
        frame = self._scorer.frame
        batches = map_in_order(
            lambda batch: _read_batch(batch, frame),
            _batches(images, self._batch),
            default_workers(),
        )
        for batch in batches:
            yield from self._judge(batch)

    def _judge(self, batch: "_Batch") -> Iterator[Opinion]:
        probabilities = iter(())
        if len(batch.pixels):
            scores = self._scorer.score(np.stack(batch.pixels))
            probabilities = iter(self._to_probabilities(scores))
        for offset, (path, problem) in enumerate(zip(batch.paths, batch.problems, strict=True)):
            index = batch.start + offset
            if problem is not None:
                yield Opinion(index, path, None, None, {}, problem)
            else:
                yield self._opinion(index, path, next(probabilities))

    def _opinion(self, index: int, path: str | None, row: NDArray[np.floating]) -> Opinion:
        best = int(row.argmax())
        named = dict(zip(self.classes, map(float, row), strict=True))
        return Opinion(index, path, self.classes[best], float(row[best]), named, None)


@dataclass(frozen=True, eq=False)
class _Batch:
    """Some images in their order: paths and problems of all, pixels of the readable ones."""

    start: int
    paths: list[str | None]
    problems: list[str | None]
    pixels: list[NDArray[np.uint8]]


def _batches(images: Iterable[CellImage], size: int) -> Iterator[tuple[int, tuple[CellImage, ...]]]:
    stream, start = iter(images), 0
    while batch := tuple(islice(stream, size)):
        yield start, batch
        start += len(batch)


def _read_batch(numbered: tuple[int, tuple[CellImage, ...]], frame: Frame) -> _Batch:
    start, images = numbered
    pixels: list[NDArray[np.uint8]] = []
    problems: list[str | None] = []
    for image in images:
        try:
            pixels.append(image_pixels(image, frame))
        except UnreadableImageError as error:
            problems.append(error.cause)
        else:
            problems.append(None)
    return _Batch(start, [image_name(image) for image in images], problems, pixels)


def _softmax(logits: NDArray[np.float32]) -> NDArray[np.floating]:
    return softmax(logits.astype(np.float64), axis=1)
