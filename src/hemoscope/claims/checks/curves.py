"""ROC and score-distribution figures against their own bounds."""

from collections.abc import Iterator
from fractions import Fraction
from math import log

from hemoscope.claims.arithmetic.bounds import auc_range, least_partial_auc
from hemoscope.claims.arithmetic.scores import standard_deviation_range
from hemoscope.claims.checks.words import number, span
from hemoscope.claims.claim import MODELS
from hemoscope.claims.finding import Finding, bounded, contradict
from hemoscope.claims.interval import Interval
from hemoscope.claims.ledger import Ledger

LIMIT = Fraction(1, 10)
RATE = Fraction(1, 100)


def check_partial_auc(ledger: Ledger) -> Iterator[Finding]:
    """Class 5's AUC, partial AUC and sensitivity must fit one curve."""
    at = "s33.resnet50.class5"
    partial, auc, sensitivity = (ledger[f"{at}.{q}"] for q in ("partial_auc", "auc", "tpr"))
    allowed = auc_range(partial.interval, LIMIT)
    least = least_partial_auc(sensitivity.interval, RATE, LIMIT)
    fits = auc.interval.meets(allowed) and partial.interval.high >= least
    because = (
        f"A partial AUC of {partial.figure} allows an AUC of {span(allowed, 3)}; printed "
        f"{auc.figure}. Sensitivity {sensitivity.figure} at 0.01 needs a partial AUC of at least "
        f"{number(least, 3)}."
    )
    names = (auc.id, partial.id, sensitivity.id)
    yield (bounded if fits else contradict)("One ROC curve for class 5", names, because)


def check_auc_spread(ledger: Ledger) -> Iterator[Finding]:
    """The standard deviation of InceptionV3's AUCs over the classes."""
    claim = ledger["s33.inception_v3.auc_sd"]
    known = [ledger.interval(f"s33.inception_v3.class{k}.auc").within(0, 1) for k in (1, 3, 7)]
    rest = Interval(ledger.interval("s33.inception_v3.auc_floor").low, Fraction(1))
    ranges = [standard_deviation_range([*known, *[rest] * 5], lost=lost) for lost in (0, 1)]
    low, high = ranges[0][0], ranges[1][1]
    because = (
        f"With the three printed AUCs and the others between the floor and 1, it is "
        f"{number(low, 4)} to {number(high, 4)}; printed {claim.figure}."
    )
    fits = low <= claim.interval.high and high >= claim.interval.low
    verdict = bounded if fits else contradict
    yield verdict("Standard deviation of AUC", (claim.id,), because)


def check_divergence(ledger: Ledger) -> Iterator[Finding]:
    """Jensen-Shannon divergence never exceeds 1 bit, which is ln 2 nats."""
    for model in MODELS:
        claim = ledger[f"s33.{model}.divergence"]
        because = (
            f"At most 1 in bits and ln 2 = {number(log(2), 3)} in nats, so {claim.figure} must be "
            "in bits; the paper gives no base."
        )
        verdict = bounded if claim.interval.low <= 1 else contradict
        yield verdict("Jensen-Shannon divergence", (claim.id,), because)
