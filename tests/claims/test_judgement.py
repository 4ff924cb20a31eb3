import pytest

from hemoscope.claims.finding import Verdict, agree, bounded, contradict
from hemoscope.claims.judgement import Status, gravest, judge_claims
from hemoscope.claims.ledger import LedgerError
from hemoscope.claims.results import Measured

ACCURACY = "t4.inception_v3.accuracy"
REPEATED = "s0.inception_v3.accuracy"


def statuses(ledger, findings, results=None):
    judged = judge_claims(ledger, findings, results or {})
    return {judgement.claim.id: judgement.status for judgement in judged}


def test_every_claim_has_one_judgement(account):
    assert [j.claim.id for j in account.judgements] == [c.id for c in account.ledger]
    assert sum(account.counts.values()) == len(account.ledger)


def test_without_findings_nothing_is_checkable(ledger):
    assert set(statuses(ledger, []).values()) == {Status.NOT_CHECKABLE}


def test_the_gravest_finding_decides(ledger):
    findings = [agree("a", (ACCURACY,), "."), contradict("b", (ACCURACY,), ".")]
    assert statuses(ledger, findings)[ACCURACY] is Status.CONTRADICTED
    findings = [agree("a", (ACCURACY,), "."), bounded("b", (ACCURACY,), ".")]
    assert statuses(ledger, findings)[ACCURACY] is Status.CONSISTENT
    assert gravest([]) is Verdict.NOT_CHECKABLE


def test_a_repeated_number_stands_as_the_first(ledger):
    for finding, status in (
        (agree("a", (ACCURACY,), "."), Status.CONSISTENT),
        (contradict("a", (ACCURACY,), "."), Status.CONTRADICTED),
    ):
        assert statuses(ledger, [finding])[REPEATED] is status


def test_a_contradicted_repetition_leaves_the_first(ledger):
    found = statuses(ledger, [agree("a", (ACCURACY,), "."), contradict("b", (REPEATED,), ".")])
    assert found[ACCURACY] is Status.CONSISTENT
    assert found[REPEATED] is Status.CONTRADICTED


def test_a_finding_about_nothing_known_is_refused(ledger):
    with pytest.raises(LedgerError, match="no claim called 'nothing'"):
        statuses(ledger, [agree("a", ("nothing",), ".")])


@pytest.mark.parametrize(
    ("value", "low", "high", "status"),
    [
        (0.98, 0.975, 0.985, Status.REPRODUCED),
        (0.985, 0.980, 0.990, Status.NOT_REPRODUCED),
        (0.960, 0.955, 0.965, Status.NOT_REPRODUCED),
    ],
)
def test_measurements_decide(ledger, value, low, high, status):
    measured = {ACCURACY: Measured(value=value, low=low, high=high)}
    assert statuses(ledger, [agree("a", (ACCURACY,), ".")], measured)[ACCURACY] is status
    assert statuses(ledger, [], measured)[ACCURACY] is status


def test_an_estimate_without_an_interval_leaves_the_status(ledger):
    measured = {ACCURACY: Measured(value=0.9766)}
    for finding, status in (
        (agree("a", (ACCURACY,), "."), Status.CONSISTENT),
        (bounded("a", (ACCURACY,), "."), Status.NOT_CHECKABLE),
        (contradict("a", (ACCURACY,), "."), Status.CONTRADICTED),
    ):
        assert statuses(ledger, [finding], measured)[ACCURACY] is status


def test_no_measurement_lifts_a_contradiction(ledger):
    measured = {ACCURACY: Measured(value=0.9766, low=0.97, high=0.98)}
    judged = judge_claims(ledger, [contradict("a", (ACCURACY,), ".")], measured)
    entry = next(j for j in judged if j.claim.id == ACCURACY)
    assert entry.status is Status.CONTRADICTED
    assert entry.comparison is not None
    assert entry.comparison.reproduced
