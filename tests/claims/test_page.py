import json
import re
from pathlib import Path

from hemoscope.claims import as_record, take_account, write_page
from hemoscope.claims.judgement import Status

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "claims.md"


def test_the_page_in_the_docs_is_up_to_date():
    account = take_account(ROOT / "results" / "claims")
    assert PAGE.read_text(encoding="utf-8") == write_page(account), (
        "write it again: hemoscope claims --results results/claims --out docs/claims.md"
    )


def test_every_claim_has_one_row(account):
    rows = re.findall(r"^\| `([^`]+)` \|", write_page(account), flags=re.MULTILINE)
    assert rows == [claim.id for claim in account.ledger]


def test_every_contradicted_claim_leads_to_its_arithmetic(account):
    page = write_page(account)
    anchors = set(re.findall(r'<a id="(c\d+)"></a>', page))
    assert len(anchors) == len(account.contradictions)
    rows = {
        name: line for line in page.splitlines() for name in re.findall(r"^\| `([^`]+)` \|", line)
    }
    for judgement in account.judgements:
        if judgement.status is not Status.CONTRADICTED:
            continue
        links = set(re.findall(r"\(#(c\d+)\)", rows[judgement.claim.id]))
        assert links <= anchors
        assert links or judgement.claim.restates


def test_contradictions_stand_before_the_sections(account):
    page = write_page(account)
    assert page.index("## Summary") < page.index(" contradictions\n") < page.index("## Abstract")


def test_table_cells_do_not_break_the_table(account):
    for line in write_page(account).splitlines():
        if line.startswith("| `"):
            assert len(re.findall(r"(?<!\\)\|", line)) == 6


def test_our_figure_stands_beside_the_paper_one(tmp_path):
    results = tmp_path / "run.json"
    entry = {"value": 0.981, "low": 0.976, "high": 0.985, "n": 3418, "seeds": [1, 2]}
    results.write_text(json.dumps({"t4.inception_v3.accuracy": entry}))
    account = take_account(results)
    assert account.counts[Status.REPRODUCED] == 1
    row = next(
        line
        for line in write_page(account).splitlines()
        if line.startswith("| `t4.inception_v3.accuracy`")
    )
    assert "| reproduced | 0.981 (0.976 to 0.985): ours agrees; n = 3,418, seeds 1, 2 |" in row


def test_an_estimate_without_an_interval_is_shown_as_such(tmp_path, account):
    results = tmp_path / "run.json"
    results.write_text(json.dumps({"s35.inception_v3.temperature": {"value": 1.3, "n": 3418}}))
    measured = take_account(results)
    assert measured.counts == account.counts
    assert "| 1.3: without an interval; n = 3,418 |" in write_page(measured)


def test_the_record_says_the_same_in_json(account):
    record = json.loads(json.dumps(as_record(account), allow_nan=False))
    assert record["counts"] == {str(s): n for s, n in account.counts.items()}
    assert [c["id"] for c in record["claims"]] == [c.id for c in account.ledger]
    assert len(record["contradictions"]) == len(account.contradictions)
