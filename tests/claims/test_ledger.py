from importlib.resources import files

import pytest

from hemoscope.claims.claim import MODELS, Kind
from hemoscope.claims.ledger import CHAPTERS, Chapter, Ledger, LedgerError


def test_every_file_of_numbers_is_read(ledger):
    folder = files("hemoscope.claims") / "numbers"
    assert sorted(path.name for path in folder.iterdir()) == sorted(f"{c}.yaml" for c in CHAPTERS)
    assert len(ledger) == sum(len(chapter.claims) for chapter in ledger.chapters)


def test_table_3_is_whole(ledger):
    table = next(chapter for chapter in ledger.chapters if chapter.table == 3)
    # 8 supports and their sum; for each model 8 x 3 scores, accuracy, 2 x 3 averages.
    assert len(table.claims) == 9 + len(MODELS) * (24 + 1 + 6)


def test_every_restated_claim_exists_and_is_of_the_same_model(ledger):
    for claim in ledger:
        if claim.restates is not None:
            assert ledger[claim.restates].model in (claim.model, None) or claim.model is None


def test_ids_tell_the_model(ledger):
    for claim in ledger:
        named = [model for model in MODELS if f".{model}." in f"{claim.id}."]
        assert named == ([claim.model] if claim.model else []), claim.id


def test_ids_tell_the_class(ledger):
    for claim in ledger:
        for part in claim.id.split("."):
            if part.startswith("class") and part[5:].isdigit():
                assert claim.cell_class == int(part[5:]), claim.id


def test_meanings_are_our_own_few_words(ledger):
    assert max(len(claim.means.split()) for claim in ledger) <= 16


def test_others_work_is_background(ledger):
    assert all(c.kind is Kind.BACKGROUND for c in ledger if c.id.startswith("t5.ref"))


def test_an_unknown_claim_is_named(ledger):
    with pytest.raises(LedgerError, match=r"no claim called 't9\.x'"):
        ledger["t9.x"]


def test_two_claims_of_one_name_are_refused(ledger):
    first = ledger.chapters[0]
    with pytest.raises(LedgerError, match=r"Two claims are called 's0\.images'"):
        len(Ledger((first, Chapter("9", "again", first.claims[:1]))))
