"""What survives an interruption, and what is refused."""

import errno
from io import FileIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hemoscope.errors import UsageError
from hemoscope.opinions import Journal, JournalError, JournalHeader, Opinion

from .make import opinion

HEADER = JournalHeader(("ig", "monocyte"), "a" * 64, None, "f" * 64)
number = st.floats(allow_nan=False, allow_infinity=False)


@given(st.text(), st.lists(number, min_size=2, max_size=4), number, st.booleans())
def test_an_opinion_is_the_same_after_json(path, logits, score, flag):
    before = opinion(
        3, (path and "ig") or "platelet", logits=tuple(logits), unknown_score=score, unknown=flag,
        candidates=("ig", path), accepted=flag, in_words=path or None,
    )  # fmt: skip
    assert Opinion.from_json(before.to_json()) == before


def test_what_is_appended_is_read_again_in_its_order(tmp_path: Path):
    journal = Journal.begin(tmp_path / "out", HEADER)
    first, second = [opinion(0), opinion(1)], [Opinion.unreadable(2, "b\udcff.png", "damaged")]
    journal.append(first)
    journal.append(second)
    assert list(Journal.go_on(tmp_path / "out", HEADER)) == first + second
    journal.remove()
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize("kept", range(1, 60, 7))
def test_half_a_line_is_cut_off_and_written_over(tmp_path: Path, kept: int):
    journal = Journal.begin(tmp_path, HEADER)
    journal.append([opinion(0), opinion(1)])
    file = tmp_path / "journal.jsonl"
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join(lines[:2]) + lines[2][:kept])
    again = Journal.go_on(tmp_path, HEADER)
    again.append([opinion(1)])
    assert list(again) == [opinion(0), opinion(1)]


def test_a_line_longer_than_what_is_read_at_once_is_cut_off(tmp_path: Path):
    Journal.begin(tmp_path, HEADER).append([opinion(0)])
    with (tmp_path / "journal.jsonl").open("ab") as stream:
        stream.write(b"x" * 200_000)
    assert list(Journal.go_on(tmp_path, HEADER)) == [opinion(0)]


def test_an_unfinished_job_is_not_written_over(tmp_path: Path):
    Journal.begin(tmp_path, HEADER)
    with pytest.raises(UsageError, match=r"holds an unfinished job\. Go on with it by --resume"):
        Journal.begin(tmp_path, HEADER)


def test_nothing_to_go_on_with(tmp_path: Path):
    with pytest.raises(UsageError, match=r"no unfinished job .*Leave out --resume"):
        Journal.go_on(tmp_path, HEADER)


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"model": "b" * 64}, "another model"),
        ({"classes": ("ig", "monocyte", "platelet")}, "another model"),
        ({"calibration": "c" * 64}, "another calibration"),
        ({"images": "0" * 64}, "other images"),
    ],
)
def test_another_job_is_told_apart(tmp_path: Path, change: dict, what: str):
    from dataclasses import replace

    Journal.begin(tmp_path, HEADER)
    with pytest.raises(UsageError, match=f"is one with {what}"):
        Journal.go_on(tmp_path, replace(HEADER, **change))


@pytest.mark.parametrize("text", ["", "no json\n", '{"version": 2}\n', "[]\n", '{"version": 1}\n'])
def test_a_damaged_header_is_said_to_be_one(tmp_path: Path, text: str):
    (tmp_path / "journal.jsonl").write_text(text)
    with pytest.raises(JournalError, match=r"cannot be read .*begin again without --resume"):
        Journal.go_on(tmp_path, HEADER)


def test_a_damaged_line_is_named(tmp_path: Path):
    journal = Journal.begin(tmp_path, HEADER)
    journal.append([opinion(0)])
    with (tmp_path / "journal.jsonl").open("a") as stream:
        stream.write('{"index": 1}\n')
    with pytest.raises(JournalError, match="line 3 of"):
        list(journal)


def test_a_full_disk_loses_nothing_that_was_written(tmp_path: Path, monkeypatch):
    journal = Journal.begin(tmp_path, HEADER)
    journal.append([opinion(0)])

    file = (tmp_path / "journal.jsonl").open("ab", buffering=0)
    monkeypatch.setattr(Path, "open", lambda *_, **__: Full(file))
    with pytest.raises(JournalError, match=r"the disk is full.*make room, and go on with --resume"):
        journal.append([opinion(1)])
    monkeypatch.undo()
    assert list(Journal.go_on(tmp_path, HEADER)) == [opinion(0)]


class Full:
    """A file that takes ten bytes more, then none, as on a disk that fills up."""

    def __init__(self, file: FileIO) -> None:
        self.file, self.room = file, 10

    def __enter__(self) -> "Full":
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()

    def write(self, data: memoryview) -> int:
        if not self.room:
            raise OSError(errno.ENOSPC, "No space left on device")
        written = self.file.write(data[: self.room])
        self.room -= written
        return written


def test_a_file_in_the_place_of_the_folder(tmp_path: Path):
    (tmp_path / "out").write_text("")
    with pytest.raises(JournalError, match="is no folder"):
        Journal.begin(tmp_path / "out", HEADER)
