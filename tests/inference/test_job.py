"""A job of many images: what is written, what an interruption leaves, how it goes on."""

from collections.abc import Iterator
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from PIL import Image

from hemoscope.cells import SourceError
from hemoscope.errors import UsageError
from hemoscope.inference import (
    Classifier,
    ImageList,
    classify_images,
    listed_images,
    look_again,
    open_images,
)
from hemoscope.inference.scorer import Observation
from hemoscope.inference.tasks import Task
from hemoscope.opinions import JournalError
from hemoscope.predictions import Predictions

from .test_classifier import Reddest


class Counting(Reddest):
    """Fails after some images, as a machine that is switched off."""

    def __init__(self, fails_after: int | None = None, **told: Any) -> None:
        super().__init__()
        self.seen, self.fails_after, self.told = 0, fails_after, told

    def score(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        if self.fails_after is not None and self.seen >= self.fails_after:
            raise KeyboardInterrupt
        self.seen += len(pixels)
        return super().score(pixels)

    def observe(self, pixels: NDArray[np.uint8]) -> Observation:
        logits = super().score(pixels)
        return Observation(logits, logits, np.ones((len(pixels), 2, 2), np.float32))

    def describe(self) -> dict[str, Any]:
        return {"model": "reddest", "sha256": "a" * 64, **self.told}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    cells = tmp_path / "cells"
    cells.mkdir()
    for i in range(11):
        image = np.zeros((20, 20, 3), np.uint8)
        image[..., i % 3] = 100 + 9 * i
        Image.fromarray(image).save(cells / f"{i:02d}.png")
    (cells / "05.png").write_text("no picture")
    return cells


def classify(images: ImageList, out: Path, scorer: Reddest | None = None, **options):
    return classify_images(Classifier(scorer or Counting(), batch=2), images, out, **options)


def test_everything_is_written_and_the_journal_removed(folder: Path, tmp_path: Path):
    seen: list[tuple[int, int | None]] = []
    done = classify(
        open_images([folder]), tmp_path / "out", progress=lambda *told: seen.append(told)
    )
    frame = pd.read_csv(done.cells)
    assert frame["path"].tolist() == [f"{i:02d}.png" for i in range(11)]
    assert frame["class"].tolist()[:4] == ["red", "green", "blue", "red"]
    assert frame["problem"].notna().tolist() == [i == 5 for i in range(11)]
    assert done.findings.unreadable == 1
    assert seen[-1] == (11, 11)
    assert sorted(file.name for file in (tmp_path / "out").iterdir()) == [
        "cells.csv",
        "predictions.parquet",
    ]
    read = Predictions.read(done.predictions)
    assert len(read) == 10
    assert read.provenance["sha256"] == "a" * 64


@pytest.mark.parametrize("fails_after", [0, 1, 4, 9])
def test_an_interrupted_job_goes_on_with_what_is_missing(
    folder: Path, tmp_path: Path, fails_after: int
):
    whole = classify(open_images([folder]), tmp_path / "whole")
    out = tmp_path / "out"
    with pytest.raises(KeyboardInterrupt):
        classify(open_images([folder]), out, Counting(fails_after))
    with pytest.raises(UsageError, match="holds an unfinished job"):
        classify(open_images([folder]), out)
    scorer = Counting()
    done = classify(open_images([folder]), out, scorer, resume=True)
    assert done.cells.read_text() == whole.cells.read_text()
    assert done.predictions.read_bytes() == whole.predictions.read_bytes()
    assert scorer.seen == 10 - max(0, done.resumed_after - (done.resumed_after > 5))
    assert done.resumed_after >= fails_after


def test_a_finished_job_leaves_nothing_of_an_earlier_one(folder: Path, tmp_path: Path):
    classify(open_images([folder]), tmp_path / "out")
    classify(open_images([folder]), tmp_path / "out", form="jsonl")
    names = sorted(file.name for file in (tmp_path / "out").iterdir())
    assert names == ["cells.jsonl", "predictions.parquet"]


def test_a_second_job_beside_one_at_work_is_refused_and_harms_nothing(folder: Path, tmp_path: Path):
    pytest.importorskip("fcntl")
    whole = classify(open_images([folder]), tmp_path / "whole")
    refused: list[bool] = []

    def another(*_: object) -> None:
        for resume in (False, True):
            with pytest.raises(JournalError, match="another hemoscope is at work"):
                classify(open_images([folder]), tmp_path / "out", resume=resume)
            refused.append(resume)

    done = classify(open_images([folder]), tmp_path / "out", progress=another, report=another)
    assert len(refused) >= 4
    assert done.cells.read_text() == whole.cells.read_text()
    assert not (tmp_path / "out" / "journal.jsonl").exists()


def test_another_model_or_other_images_do_not_go_on(folder: Path, tmp_path: Path):
    with pytest.raises(KeyboardInterrupt):
        classify(open_images([folder]), tmp_path / "out", Counting(4))
    with pytest.raises(UsageError, match="is one with another model"):
        classify(open_images([folder]), tmp_path / "out", Counting(sha256="b" * 64), resume=True)
    Image.new("RGB", (4, 4)).save(folder / "11.png")
    with pytest.raises(UsageError, match="is one with other images"):
        classify(open_images([folder]), tmp_path / "out", resume=True)


@pytest.mark.parametrize(
    "otherwise",
    [
        {"views": 8},
        {"branch": "inception_v3"},
        {"second": {"sha256": "b" * 64, "below": 0.9}},
    ],
)
def test_the_same_file_asked_in_another_way_does_not_go_on(
    folder: Path, tmp_path: Path, otherwise: dict[str, Any]
):
    with pytest.raises(KeyboardInterrupt):
        classify(open_images([folder]), tmp_path / "out", Counting(4))
    with pytest.raises(UsageError, match="is one with another model"):
        classify(open_images([folder]), tmp_path / "out", Counting(**otherwise), resume=True)


def test_a_list_is_compared_name_by_name(folder: Path, tmp_path: Path):
    def lines(*numbers: int) -> Iterator[bytes]:
        yield from (f"{folder}/{i:02d}.png\n".encode() for i in numbers)

    with pytest.raises(KeyboardInterrupt):
        classify(listed_images(lines(0, 1, 2, 3, 4)), tmp_path / "out", Counting(2))
    with pytest.raises(UsageError, match=r"image 2 was .*01\.png, and now the list has .*03\.png"):
        classify(listed_images(lines(0, 3, 2)), tmp_path / "out", resume=True)
    with pytest.raises(UsageError, match="and now the list ends there"):
        classify(listed_images(lines(0)), tmp_path / "out", resume=True)
    done = classify(listed_images(lines(0, 1, 2, 3, 4)), tmp_path / "out", resume=True)
    assert done.findings.cells == 5


def test_a_list_may_hold_anything(folder: Path, tmp_path: Path):
    lines = [
        f"{folder}/00.png\r\n".encode(),
        b"\n",
        b"nowhere.png\n",
        f"{folder}\n".encode(),
        b"\xff.png\n",
        f"{folder}/00.png\n".encode(),
        f"{folder}/01.png".encode(),
    ]
    done = classify(listed_images(lines), tmp_path / "out")
    frame = pd.read_csv(done.cells)
    assert frame["class"].fillna("").tolist() == ["red", "", "", "", "", "green"]
    problems = frame["problem"].tolist()
    for problem, words in zip(
        problems[1:5],
        ("there is no such file", "it is a folder", "not valid UTF-8", "stands in the list above"),
        strict=True,
    ):
        assert words in problem
    assert len(Predictions.read(done.predictions)) == 2


def test_a_byte_order_mark_is_no_part_of_the_first_name(folder: Path, tmp_path: Path):
    lines = [f"\ufeff{folder}/00.png\r\n".encode(), f"{folder}/01.png\r\n".encode()]
    done = classify(listed_images(lines), tmp_path / "out")
    frame = pd.read_csv(done.cells)
    assert frame["path"].tolist() == [f"{folder}/00.png", f"{folder}/01.png"]
    assert frame["problem"].isna().all()


def test_a_list_stands_alone():
    with pytest.raises(UsageError, match="stands alone"):
        open_images(["-", "a.png"])


@pytest.mark.parametrize("lines", [(), (b"\n", b"  \r\n")])
def test_a_list_without_an_image_is_said_to_be_one(lines: tuple[bytes, ...]):
    with pytest.raises(SourceError, match="names no image"):
        open_images(["-"], lines)


def test_files_that_are_passed_over_are_known(folder: Path):
    (folder / "notes.txt").write_text("mine")
    assert list(open_images([str(folder)]).passed_over) == ["notes.txt"]


def test_groups_of_a_manifest_reach_the_predictions(folder: Path, tmp_path: Path):
    rows = "".join(f"{i:02d}.png,slide {i % 2}\n" for i in range(11))
    (folder / "m.csv").write_text(f"path,group\n{rows}")
    done = classify(open_images([folder / "m.csv"]), tmp_path / "out")
    groups = Predictions.read(done.predictions).groups
    assert groups is not None
    assert set(groups) == {"slide 0", "slide 1"}
    assert done.findings.counted.grouped


def test_some_cells_of_a_manifest_may_have_no_label(folder: Path, tmp_path: Path):
    (folder / "m.csv").write_text("path,label\n00.png,x\n01.png,\n")
    done = classify(open_images([folder / "m.csv"]), tmp_path / "out")
    assert done.findings.cells == 2
    assert Predictions.read(done.predictions).labels is None


def test_a_report_that_cannot_be_written_loses_nothing(folder: Path, tmp_path: Path):
    def fails(_: object) -> None:
        raise OSError("no")

    with pytest.raises(OSError, match="no"):
        classify(open_images([folder]), tmp_path / "out", report=fails)
    scorer = Counting()
    done = classify(open_images([folder]), tmp_path / "out", scorer, resume=True)
    assert done.resumed_after == 11
    assert scorer.seen == 0


class Talking(Counting):
    """Counting, that has an attribute to tell."""

    tasks = MappingProxyType({"cell_size": Task("size", ("big", "small"))})

    def answer(self, pixels: NDArray[np.uint8]) -> dict[str, NDArray[np.float32]]:
        logits = self.score(pixels)
        return {"class": logits, "cell_size": logits[:, :2]}


def test_words_are_in_the_journal_and_a_column_of_the_table(folder: Path, tmp_path: Path):
    whole = classify(open_images([folder]), tmp_path / "whole", Talking())
    frame = pd.read_csv(whole.cells, keep_default_na=False)
    assert frame.columns[-1] == "in_words"
    assert frame["in_words"].tolist()[:2] == ["big cell", "small cell"]
    assert frame["in_words"][5] == ""
    assert "in_words" not in pd.read_csv(classify(open_images([folder]), tmp_path / "b").cells)
    out = tmp_path / "out"
    with pytest.raises(KeyboardInterrupt):
        classify(open_images([folder]), out, Talking(4))
    assert '"in_words": "big cell"' in (out / "journal.jsonl").read_text()
    done = classify(open_images([folder]), out, Talking(), resume=True)
    assert done.cells.read_text() == whole.cells.read_text()


def test_a_journal_from_before_there_were_words_goes_on(folder: Path, tmp_path: Path):
    with pytest.raises(KeyboardInterrupt):
        classify(open_images([folder]), tmp_path / "out", Counting(4))
    journal = tmp_path / "out" / "journal.jsonl"
    journal.write_text(journal.read_text().replace(', "in_words": null', ""))
    assert "in_words" not in journal.read_text()
    done = classify(open_images([folder]), tmp_path / "out", Talking(), resume=True)
    words = pd.read_csv(done.cells, keep_default_na=False)["in_words"].tolist()
    assert words[:4] == [""] * 4
    assert words[10] == "small cell"


def test_a_second_look_brings_the_attention(folder: Path, tmp_path: Path):
    listed = open_images([folder])
    done = classify(listed, tmp_path / "out")
    shown = done.findings.look_first
    looks = look_again(Classifier(Counting()), listed.table_of(shown), shown)
    assert set(looks) == {i for i in range(11) if i != 5}
    assert looks[3].pixels.shape == (16, 16, 3)
    np.testing.assert_array_equal(looks[3].pixels[0, 0], [127, 0, 0])
