"""What survives an interruption, and what is refused."""

import errno
import subprocess
import sys
from collections.abc import Callable
from io import FileIO
from pathlib import Path
from typing import Any

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
    journal.close()
    with Journal.go_on(tmp_path / "out", HEADER) as again:
        assert list(again) == first + second
        again.remove()
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize("kept", range(1, 60, 7))
def test_half_a_line_is_cut_off_and_written_over(tmp_path: Path, kept: int):
    with Journal.begin(tmp_path, HEADER) as journal:
        journal.append([opinion(0), opinion(1)])
    file = tmp_path / "journal.jsonl"
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join(lines[:2]) + lines[2][:kept])
    with Journal.go_on(tmp_path, HEADER) as again:
        again.append([opinion(1)])
        assert list(again) == [opinion(0), opinion(1)]


def test_a_line_longer_than_what_is_read_at_once_is_cut_off(tmp_path: Path):
    with Journal.begin(tmp_path, HEADER) as journal:
        journal.append([opinion(0)])
    with (tmp_path / "journal.jsonl").open("ab") as stream:
        stream.write(b"x" * 200_000)
    with Journal.go_on(tmp_path, HEADER) as again:
        assert list(again) == [opinion(0)]


def test_an_unfinished_job_is_not_written_over(tmp_path: Path):
    Journal.begin(tmp_path, HEADER).close()
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

    Journal.begin(tmp_path, HEADER).close()
    with pytest.raises(UsageError, match=f"is one with {what}"):
        Journal.go_on(tmp_path, replace(HEADER, **change))


def test_a_job_goes_on_with_what_it_was_asked_for(tmp_path: Path):
    from dataclasses import replace

    Journal.begin(tmp_path, replace(HEADER, asked="--prior adult-blood")).close()
    with pytest.raises(
        UsageError, match="begun with --prior adult-blood, and is to go on without further options"
    ):
        Journal.go_on(tmp_path, HEADER)


def test_a_folder_that_cannot_be_made_is_told_without_advice_that_leads_nowhere(tmp_path: Path):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(JournalError, match=r"a file stands where .* Choose another --out\.$"):
        Journal.begin(tmp_path / "file" / "sub", HEADER)


@pytest.mark.parametrize("text", ["", "no json\n", '{"version": 2}\n', "[]\n", '{"version": 1}\n'])
def test_a_damaged_header_is_said_to_be_one(tmp_path: Path, text: str):
    (tmp_path / "journal.jsonl").write_text(text)
    with pytest.raises(JournalError, match=r"cannot be read .*begin again without --resume"):
        Journal.go_on(tmp_path, HEADER)


def test_a_damaged_line_is_named(tmp_path: Path):
    with Journal.begin(tmp_path, HEADER) as journal:
        journal.append([opinion(0)])
        with (tmp_path / "journal.jsonl").open("a") as stream:
            stream.write('{"index": 1}\n')
        with pytest.raises(JournalError, match="line 3 of"):
            list(journal)


def test_a_full_disk_loses_nothing_that_was_written(tmp_path: Path, monkeypatch):
    with Journal.begin(tmp_path, HEADER) as journal:
        journal.append([opinion(0)])
        monkeypatch.setattr(journal, "_stream", Full(journal._stream))
        with pytest.raises(JournalError, match=r"the disk is full.*make room, and go on"):
            journal.append([opinion(1)])
    with Journal.go_on(tmp_path, HEADER) as again:
        assert list(again) == [opinion(0)]


class Full:
    """A file that takes ten bytes more, then none, as on a disk that fills up."""

    def __init__(self, file: FileIO) -> None:
        self.file, self.room = file, 10

    def __getattr__(self, name: str) -> Any:
        return getattr(self.file, name)

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


@pytest.mark.parametrize("open_again", [Journal.begin, Journal.go_on])
def test_two_are_never_at_work_in_one_folder(tmp_path: Path, open_again: Callable):
    pytest.importorskip("fcntl")
    with Journal.begin(tmp_path, HEADER) as journal:
        journal.append([opinion(0)])
        with pytest.raises(JournalError, match=r"another hemoscope is at work in .*another --out"):
            open_again(tmp_path, HEADER)
        journal.append([opinion(1)])
        assert list(journal) == [opinion(0), opinion(1)]


def test_a_killed_job_leaves_no_lock(tmp_path: Path):
    begin = (
        "import os, sys, pathlib; from hemoscope.opinions import Journal, JournalHeader;"
        "header = JournalHeader(('a', 'b'), '', None, '');"
        "journal = Journal.begin(pathlib.Path(sys.argv[1]), header);"
        "os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", begin, str(tmp_path)], check=False)
    with Journal.go_on(tmp_path, JournalHeader(("a", "b"), "", None, "")) as again:
        assert list(again) == []


def test_an_empty_file_left_before_the_first_line_is_begun_anew(tmp_path: Path):
    (tmp_path / "journal.jsonl").touch()
    with Journal.begin(tmp_path, HEADER) as journal:
        journal.append([opinion(0)])
        assert list(journal) == [opinion(0)]


@pytest.mark.parametrize("replaced", [False, True])
def test_a_file_that_somebody_removed_is_not_made_again(tmp_path: Path, replaced: bool):
    file = tmp_path / "journal.jsonl"
    with Journal.begin(tmp_path, HEADER) as journal:
        file.unlink()
        if replaced:
            file.write_text("of another job\n")
        for call in (lambda: journal.append([opinion(0)]), lambda: list(journal), journal.remove):
            with pytest.raises(JournalError, match="was removed or replaced"):
                call()
    assert file.exists() == replaced
