"""Decisions are only ever added, by one person at a time, and outlive the process."""

import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hemoscope.review import ConflictError, Event, Job, Ledger, ReviewError, open_job, standing

from .make import CLASSES, classified


@pytest.fixture
def job(tmp_path: Path) -> Job:
    return open_job(classified(tmp_path))


@pytest.fixture
def ledger(job: Job):
    ledger = Ledger.open(job)
    yield ledger
    ledger.close()


def test_what_was_decided_is_there_when_the_ledger_is_opened_again(job: Job):
    first = Ledger.open(job)
    added = first.decide([(6, 0, "ig"), (7, 0, None)], "Ada", "large")
    first.close()
    again = Ledger.open(job)
    assert [event for _, event in again.events()] == list(added)
    again.close()


def test_two_persons_cannot_decide_about_a_cell_without_knowing_of_each_other(ledger: Ledger):
    ledger.decide([(6, 0, "ig")], "Ada")
    with pytest.raises(ConflictError, match="Ada said ig") as caught:
        ledger.decide([(7, 0, "neutrophil"), (6, 0, "lymphocyte")], "Ben")
    assert caught.value.event is not None
    assert caught.value.event.who == "Ada"
    assert len(ledger.events()) == 1  # all or none
    ledger.decide([(6, 1, None)], "Ben")
    with pytest.raises(ConflictError, match="Ben took the decision back"):
        ledger.decide([(6, 1, "ig")], "Ada")


def test_of_many_at_once_one_wins(ledger: Ledger):
    def decide(who: str) -> bool:
        try:
            ledger.decide([(6, 0, "ig")], who)
        except ConflictError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(decide, [f"person {n}" for n in range(16)]))
    assert sum(won) == 1
    assert len(ledger.events()) == 1


def test_a_killed_process_has_lost_nothing_that_it_said_was_decided(job: Job):
    code = (
        "import os, signal, sys; from pathlib import Path\n"
        "from hemoscope.review import Ledger, open_job\n"
        "ledger = Ledger.open(open_job(Path(sys.argv[1])))\n"
        "ledger.decide([(6, 0, 'ig')], 'Ada')\n"
        "print('decided', flush=True); os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(job.folder)], capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.returncode) == ("decided\n", -9)
    ledger = Ledger.open(job)
    assert [event.verdict for _, event in ledger.events()] == ["ig"]
    ledger.close()


def test_the_review_of_another_job_is_refused(job: Job, tmp_path: Path):
    Ledger.open(job).close()
    other = open_job(classified(tmp_path / "other"))
    (other.folder / "review.sqlite").write_bytes((job.folder / "review.sqlite").read_bytes())
    with pytest.raises(ReviewError, match="of another job"):
        Ledger.open(other)


def test_a_database_of_a_later_format_is_refused(job: Job):
    Ledger.open(job).close()
    file = sqlite3.connect(job.folder / "review.sqlite")
    with file:
        file.execute("UPDATE about SET value = '99' WHERE key = 'version'")
    file.close()
    with pytest.raises(ReviewError, match="of format 99"):
        Ledger.open(job)


def test_what_is_no_database_is_refused(job: Job, tmp_path: Path):
    (job.folder / "review.sqlite").write_text("these are notes of mine " * 100)
    with pytest.raises(ReviewError, match="cannot be used"):
        Ledger.open(job)
    with pytest.raises(ReviewError, match="no address"):
        Ledger.open(job, "somewhere")
    with pytest.raises(ReviewError, match="no address"):
        Ledger.open(job, "nosuchdatabase://host/name")
    with pytest.raises(ReviewError, match="there is no folder"):
        Ledger.open(job, f"sqlite:///{tmp_path}/no/where.sqlite")


def test_another_place_can_be_named(job: Job, tmp_path: Path):
    ledger = Ledger.open(job, f"sqlite:///{tmp_path}/other.sqlite")
    ledger.decide([(6, 0, "ig")], "Ada")
    ledger.close()
    assert not (job.folder / "review.sqlite").exists()


verdicts = st.sampled_from([*CLASSES, "artefact", "unclear", None])


@given(st.lists(st.tuples(st.integers(0, 3), verdicts), max_size=30), st.randoms())
def test_what_stands_is_the_last_word_on_each_cell_in_whatever_order_it_is_read(said, order):
    from datetime import UTC, datetime

    numbers: dict[int, int] = {}
    events = []
    for cell, verdict in said:
        numbers[cell] = numbers.get(cell, 0) + 1
        events.append(Event(cell, numbers[cell], verdict, "Ada", datetime.now(UTC)))
    last = {cell: verdict for cell, verdict in said}  # noqa: C416 (the later one stays)
    order.shuffle(events)
    assert {cell: event.verdict for cell, event in standing(events).items()} == last
