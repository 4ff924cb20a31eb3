"""Deciding, counting and signing."""

import json
from pathlib import Path

import numpy as np
import pytest

from hemoscope.calibration.differential import Confusion, Tally, count_cells
from hemoscope.cells import open_cells
from hemoscope.review import Bench, ConflictError, Ledger, ReviewError, open_job
from hemoscope.review.exporting import export_review, labels_csv
from hemoscope.review.schema import signatures
from hemoscope.review.signature import canonical, digest_of

from .make import CLASSES, classified, doubtful, opinion

CONFUSION = Confusion(
    tuple(tuple(98 if row == column else 1 for column in range(4)) for row in range(4))
)


@pytest.fixture
def bench(tmp_path: Path):
    job = open_job(classified(tmp_path))
    ledger = Ledger.open(job)
    yield Bench(job, ledger, CONFUSION)
    ledger.close()


def settle(bench: Bench) -> None:
    """Decides about all that is open."""
    bench.decide([(6, 0, "ig"), (7, 0, "lymphocyte"), (8, 0, "artefact")], "Ada")


def test_accepted_cells_count_as_called_and_named_ones_as_named(bench: Bench):
    count = bench.count()
    assert (count.open, count.counted, count.unreadable) == (3, 6, 1)
    settle(bench)
    bench.decide([(0, 0, "ig"), (1, 0, "neutrophil"), (5, 0, "unclear")], "Ben")
    count = bench.count()
    called, exact = [0, 0, 2, 1], [0, 2, 1, 1]
    assert [row.called for row in count.differential] == called
    assert [row.exact for row in count.differential] == exact
    assert (count.open, count.artefacts, count.unclear) == (0, 1, 1)
    assert (count.agreed, count.corrected) == (2, 2)
    wanted = count_cells(CLASSES, Tally.of(called, exact, 4), CONFUSION)
    assert count.differential == wanted


def test_every_cell_is_counted_once_whatever_is_decided(bench: Bench):
    rng = np.random.default_rng(0)
    for step in range(60):
        cell = int(rng.integers(10))
        known = bench.decided().get(cell)
        verdict = [*bench.verdicts, None][int(rng.integers(7))]
        bench.decide([(cell, known.number if known else 0, verdict)], f"person {step % 3}")
        count = bench.count()
        aside = count.open + count.artefacts + count.unclear + count.unreadable
        assert count.counted + aside == len(bench.job.cells)
        named = sum(row.exact for row in count.differential)
        assert count.agreed + count.corrected == named


def test_what_is_taken_back_is_as_if_it_had_never_been_decided(bench: Bench):
    before = bench.count()
    settle(bench)
    bench.decide([(6, 1, None), (7, 1, None), (8, 1, None)], "Ada")
    assert bench.count() == before


def test_without_confusion_counts_there_are_numbers_and_no_limits(tmp_path: Path):
    job = open_job(classified(tmp_path))
    ledger = Ledger.open(job)
    count = Bench(job, ledger).count()
    ledger.close()
    rows = {row.name: row for row in count.differential}
    assert rows["neutrophil"].per_100 == pytest.approx(60)
    assert rows["erythroblast"].per_100 == pytest.approx(20)
    assert rows["neutrophil"].low is None
    assert count.differential.white == 5


def test_what_another_process_decides_is_seen(bench: Bench):
    other = Bench(bench.job, ledger := Ledger.open(bench.job))
    assert bench.count().open == 3
    settle(other)
    assert bench.count().open == 0
    ledger.close()


@pytest.mark.parametrize(
    ("decisions", "who", "said"),
    [
        ([(6, 0, "ig")], "  ", "write your name"),
        ([(6, 0, "blast")], "Ada", "'blast' is none of erythroblast, ig"),
        ([(99, 0, "ig")], "Ada", "no cell 99"),
        ([(-1, 0, "ig")], "Ada", "no cell -1"),
        ([(6, 0, "ig"), (6, 1, "ig")], "Ada", "decided once"),
        ([], "Ada", "decided once"),
    ],
)
def test_a_decision_that_makes_no_sense_is_refused(bench: Bench, decisions, who, said):
    with pytest.raises(ReviewError, match=said):
        bench.decide(decisions, who)
    assert bench.last == 0


def test_nothing_is_signed_while_a_cell_is_open(bench: Bench):
    with pytest.raises(ReviewError, match="3 cells are still open"):
        bench.sign("Ada")
    bench.decide([(6, 0, "ig"), (7, 0, "ig")], "Ada")
    with pytest.raises(ReviewError, match="1 cell is still open"):
        bench.sign("Ada")
    assert bench.signatures() == ()


def test_a_signature_freezes_what_stands_and_an_amendment_leaves_it_alone(bench: Bench):
    settle(bench)
    first = bench.sign(" Ada  Weidenreich ")
    assert bench.is_signed()
    assert first.record["signed_by"] == "Ada Weidenreich"
    assert first.record["white_cells"] == bench.count().differential.white == 7
    assert len(first.record["decisions"]) == 3
    with pytest.raises(ReviewError, match="nothing changed"):
        bench.sign("Ada", "again")
    bench.decide([(0, 0, "ig")], "Ben")
    assert not bench.is_signed()
    with pytest.raises(ReviewError, match="why the signed version is amended"):
        bench.sign("Ben", " ")
    second = bench.sign("Ben", "a band was called a neutrophil")
    kept = bench.signatures()
    assert [one.record for one in kept] == [first.record, second.record]
    assert [one.sound for one in kept] == [True, True]
    assert second.record["before"] == first.digest
    bench.decide([(0, 1, None)], "Ben")
    assert not bench.is_signed()  # it equals the first version, which is no longer the last


def test_what_was_decided_while_a_person_read_is_not_signed_unseen(bench: Bench):
    settle(bench)
    seen = bench.last
    bench.decide([(0, 0, "ig")], "Ben")
    with pytest.raises(ConflictError, match="decided after you looked"):
        bench.sign("Ada", seen=seen)
    assert bench.sign("Ada", seen=bench.last).version == 1


def test_what_is_decided_in_the_middle_of_signing_is_not_in_what_is_signed(bench, monkeypatch):
    settle(bench)
    count = bench._count

    def slowly(decided):
        counted = count(decided)
        bench.decide([(0, 0, "ig")], "Ben")
        return counted

    monkeypatch.setattr(bench, "_count", slowly)
    record = bench.sign("Ada", seen=bench.last).record
    assert [one["who"] for one in record["decisions"]] == ["Ada"] * 3
    assert sum(row["named"] for row in record["differential"]) == 2
    assert not bench.is_signed()


def test_a_changed_record_is_found_out_and_so_is_every_one_after_it(bench: Bench):
    settle(bench)
    bench.sign("Ada")
    bench.decide([(0, 0, "ig")], "Ben")
    bench.sign("Ben", "a correction")
    text, digest = bench._ledger.signed()[0]
    better = {**json.loads(text), "comment": "all was well"}
    for forged in (
        {"record": canonical(better)},
        {"record": canonical(better), "digest": digest_of(canonical(better))},
        {"record": "not even JSON"},
    ):
        with bench._ledger._engine.begin() as connection:
            connection.execute(signatures.update().where(signatures.c.version == 1), forged)
        # With a new digest the first looks whole; the second still names the old one.
        assert [one.sound for one in bench.signatures()] in ([False, False], [True, False])
        bench.decide([(1, len(bench.since(0)[1]) - 4, "ig")], "Ben")
        with pytest.raises(ReviewError, match="changed after it was signed"):
            bench.sign("Ben", "another")
        with bench._ledger._engine.begin() as connection:
            whole = {"record": text, "digest": digest}
            connection.execute(signatures.update().where(signatures.c.version == 1), whole)
        assert [one.sound for one in bench.signatures()] == [True, True]


def test_the_digest_is_of_every_value_and_of_nothing_else(bench: Bench):
    settle(bench)
    record = dict(bench.sign("Ada").record)
    digest = digest_of(canonical(record))
    assert digest_of(canonical(dict(reversed(record.items())))) == digest
    for key in record:
        assert digest_of(canonical({**record, key: "another"})) != digest


def test_without_a_cell_there_is_nothing_to_sign(tmp_path: Path):
    job = open_job(classified(tmp_path, [doubtful(0, "ig"), doubtful(1, "ig")]))
    bench = Bench(job, ledger := Ledger.open(job))
    bench.decide([(0, 0, "artefact"), (1, 0, "unclear")], "Ada")
    with pytest.raises(ReviewError, match="no cell is counted"):
        bench.sign("Ada")
    ledger.close()


def test_labels_are_a_manifest_of_the_cells_that_a_person_named(bench: Bench, tmp_path: Path):
    settle(bench)
    export_review(bench, tmp_path / "out" / "deep", tmp_path / "images")
    table = open_cells(tmp_path / "out" / "deep" / "labels.csv")
    assert table.labels is not None
    assert list(table.labels) == ["ig", "lymphocyte"]
    assert all(table.file(row).is_file() for row in range(len(table)))


def test_an_export_holds_what_was_signed_last(bench: Bench, tmp_path: Path):
    files = export_review(bench, tmp_path / "draft", tmp_path / "images")
    assert [file.name for file in files] == ["labels.csv"]
    settle(bench)
    signed = bench.sign("Ada", "<b>fine</b>")
    written = export_review(bench, tmp_path / "out", tmp_path / "images")
    files = {file.suffix: file for file in written if "differential" in file.name}
    told = json.loads(files[".json"].read_text())
    assert digest_of(canonical(told["record"])) == told["digest"] == signed.digest
    page = files[".html"].read_text()
    assert "&lt;b&gt;fine" in page
    assert "<b>" not in page
    assert "not a medical device" in page.lower()
    assert "ig,True,0,1" in files[".csv"].read_text()


def test_no_text_in_a_table_is_a_formula(tmp_path: Path):
    job = open_job(classified(tmp_path, [opinion(0, "ig")]))
    bench = Bench(job, ledger := Ledger.open(job))
    bench.decide([(0, 0, "ig")], '=HYPERLINK("x")', "+1")
    row = labels_csv(bench).splitlines()[1]
    assert "'=HYPERLINK" in row
    assert row.endswith("'+1")
    ledger.close()
