"""The classifier for Python programs, with a stand-in model."""

from collections.abc import Iterator
from itertools import count, islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from hemoscope.cells import Frame
from hemoscope.errors import UsageError
from hemoscope.inference import Classifier, Observation


class Reddest:
    """Tells by the channel with the largest mean; remembers how many cells came at once."""

    classes = ("red", "green", "blue")
    frame = Frame(16)

    def __init__(self) -> None:
        self.batches: list[int] = []

    def score(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        self.batches.append(len(pixels))
        return pixels.mean(axis=(1, 2), dtype=np.float32) / 50

    def observe(self, pixels: NDArray[np.uint8]) -> Observation:
        return Observation(self.score(pixels), self.score(pixels))

    def describe(self) -> dict[str, Any]:
        return {}


def _plain(channel: int, size: int = 20) -> NDArray[np.uint8]:
    image = np.zeros((size, size, 3), np.uint8)
    image[..., channel] = 200
    return image


def test_paths_pictures_and_arrays_get_the_same_opinion_in_their_order(tmp_path: Path):
    Image.fromarray(_plain(1)).save(tmp_path / "green.png")
    file = tmp_path / "green.png"
    images = [file, Image.open(file), _plain(1), str(file), _plain(2), Image.new("L", (9, 9))]
    scorer = Reddest()
    opinions = list(Classifier(scorer, batch=4)(images))
    assert [opinion.label for opinion in opinions[:5]] == ["green"] * 4 + ["blue"]
    assert [opinion.index for opinion in opinions] == [0, 1, 2, 3, 4, 5]
    assert [opinion.path for opinion in opinions[:2]] == [str(file), None]
    assert scorer.batches == [4, 2]
    for opinion in opinions:
        assert sum(opinion.probabilities.values()) == pytest.approx(1)
        assert opinion.probability == max(opinion.probabilities.values())
    # softmax of (0, 4, 0)
    assert opinions[0].probability == pytest.approx(np.exp(4) / (np.exp(4) + 2))


def test_unreadable_images_stand_at_their_place_with_the_cause(tmp_path: Path):
    (tmp_path / "broken.png").write_text("no picture")
    images: list[Any] = [
        tmp_path / "broken.png",
        _plain(0),
        tmp_path / "missing.png",
        _plain(0).astype(float),
        np.zeros((3, 4, 2), np.uint8),
        17,
    ]
    opinions = list(Classifier(Reddest(), batch=2)(images))
    assert [opinion.label for opinion in opinions] == [None, "red", None, None, None, None]
    causes = [opinion.problem for opinion in opinions]
    expected = [
        "is no image of a kind that is read",
        None,
        "there is no such file",
        "an array of float64 has no agreed white",
        "an array of shape (3, 4, 2) is no image",
        "an object of type int is neither",
    ]
    for cause, words in zip(causes, expected, strict=True):
        assert (cause is None) == (words is None)
        assert words is None or words in str(cause)


def test_a_stream_without_end_is_read_only_a_little_ahead():
    taken = count()

    def images() -> Iterator[NDArray[np.uint8]]:
        for _ in taken:
            yield _plain(0)

    opinions = Classifier(Reddest(), batch=4)(images())
    assert len(list(islice(opinions, 8))) == 8
    assert next(taken) < 8 + 4 * (16 + 3)


def test_without_a_calibration_no_cell_is_accepted():
    (opinion,) = Classifier(Reddest())([_plain(2)])
    assert not opinion.accepted
    assert opinion.reason == "the model is not calibrated, so a person looks at every cell"
    assert opinion.candidates is None
    assert opinion.unknown is None


def test_a_model_that_overflows_on_one_image_says_so_of_that_one():
    class Overflowing(Reddest):
        def score(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
            logits = super().score(pixels)
            logits[pixels[:, 0, 0, 1] > 0] = np.nan
            return logits

    opinions = list(Classifier(Overflowing())([_plain(0), _plain(1), _plain(2)]))
    assert [opinion.label for opinion in opinions] == ["red", None, "blue"]
    assert opinions[1].problem == "the model gives no finite numbers for this image"


@pytest.mark.parametrize(
    "single",
    [
        "cell.png",
        Path("cell.png"),
        Image.new("RGB", (4, 4)),
        _plain(1),
        _plain(1)[..., 0],
        np.zeros((5, 6, 4), np.uint8),
    ],
)
def test_a_single_image_is_not_taken_for_a_collection(single):
    with pytest.raises(UsageError, match=r"classifier\(\[image\]\)"):
        Classifier(Reddest())(single)


def test_an_array_of_images_is_a_collection():
    colour = np.stack([_plain(1), _plain(2)])
    assert [opinion.label for opinion in Classifier(Reddest())(colour)] == ["green", "blue"]
    assert len(list(Classifier(Reddest())(colour[..., 0]))) == 2
