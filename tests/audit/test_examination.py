import errno
from pathlib import Path

import numpy as np
import pytest

from hemoscope.audit import examination as module
from hemoscope.audit.examination import examine
from hemoscope.errors import HemoscopeError
from tests.audit.conftest import crop, draw_field


def test_an_audit_goes_on_from_what_the_cache_knows(make_set, tmp_path, monkeypatch) -> None:
    field = draw_field(0)
    table = make_set({f"{i}.png": crop(field, 20 * i, 0) for i in range(4)})
    first = examine(table.take([0, 1]), cache=tmp_path / "cache")
    read: list[bytes] = []
    original = module.examine_content
    monkeypatch.setattr(
        module, "examine_content", lambda c: (read.append(c.digest()), original(c))[1]
    )
    second = examine(table, cache=tmp_path / "cache")
    assert len(read) == 2
    assert second.facts.iloc[:2].equals(first.facts)
    assert np.array_equal(second.features[1].descriptors, first.features[1].descriptors)


def test_a_damaged_cache_is_made_again(make_set, tmp_path) -> None:
    table = make_set({"a.png": crop(draw_field(0), 0, 0)})
    examine(table, cache=tmp_path / "cache")
    (shard,) = (tmp_path / "cache").rglob("*.parquet")
    shard.write_bytes(b"nothing")
    assert len(examine(table, cache=tmp_path / "cache").facts) == 1


def test_a_cache_that_cannot_be_written_says_what_to_do(make_set, tmp_path, monkeypatch) -> None:
    table = make_set({"a.png": crop(draw_field(0), 0, 0)})
    (tmp_path / "file").write_text("")
    message = (
        r"cannot be kept in .*file.*: a file stands .*\. Make room there, or set HEMOSCOPE_CACHE"
    )
    with pytest.raises(HemoscopeError, match=message):
        examine(table, cache=tmp_path / "file")

    def full(_self: Path, _to: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(HemoscopeError, match=r"the disk is full\. Make room there"):
        examine(table, cache=tmp_path / "cache")
    assert not [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]


def test_failures_are_named_and_stop_nothing(make_set) -> None:
    table = make_set({"a.png": crop(draw_field(0), 0, 0), "b.png": b"", "c.png": b"text"})
    found = examine(table)
    assert found.facts["row"].tolist() == [0]
    assert [(f.row, f.path) for f in found.failures] == [(1, "b.png"), (2, "c.png")]
    assert found.failures[0].cause == "the file is empty (0 bytes)"


def test_progress_ends_at_the_total(make_set) -> None:
    told: list[tuple[int, int]] = []
    table = make_set({f"{i}.png": crop(draw_field(i), 0, 0) for i in range(3)})
    examine(table, progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (3, 3)
