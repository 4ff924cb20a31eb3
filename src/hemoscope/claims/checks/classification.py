"""Table 3 as a whole: whether any margins give it, and what is said about it."""

from collections.abc import Iterator

from hemoscope.claims.arithmetic.counts import (
    ClassScores,
    Margins,
    counts_behind,
    possible_margins,
    reachable_sums,
)
from hemoscope.claims.arithmetic.scores import standard_deviation_range
from hemoscope.claims.checks.words import number
from hemoscope.claims.claim import MODELS
from hemoscope.claims.finding import Finding, agree, contradict
from hemoscope.claims.ledger import Ledger

CLASSES = range(8)


def class_scores(ledger: Ledger, model: str, k: int, **known: int) -> ClassScores:
    """What table 3 prints for one class of one model."""
    at = f"t3.{model}.class{k}"
    return ClassScores(
        support=ledger[f"t3.class{k}.support"].count,
        precision=ledger.interval(f"{at}.precision"),
        recall=ledger.interval(f"{at}.recall"),
        f1=ledger.interval(f"{at}.f1"),
        **known,
    )


def cells_right(ledger: Ledger, model: str) -> int:
    """How many test cells a model classifies right."""
    size = ledger["t3.support"].count
    return counts_behind(ledger.interval(f"t4.{model}.accuracy"), size)[0]


def check_margins(ledger: Ledger) -> Iterator[Finding]:
    """Some whole numbers right and predicted, class by class, must give the whole report."""
    size = ledger["t3.support"].count
    for model in MODELS:
        choices = [possible_margins(class_scores(ledger, model, k)) for k in CLASSES]
        right = cells_right(ledger, model)
        found = Margins(right, size) in reachable_sums(choices)
        claims = (
            f"t4.{model}.accuracy",
            *(
                f"t3.{model}.class{k}.{score}"
                for k in CLASSES
                for score in ("precision", "recall", "f1")
            ),
        )
        because = (
            f"{'Some' if found else 'No'} whole numbers of cells right and predicted in each "
            f"class give every printed precision, recall and F1, {right:,} cells right "
            f"and {size:,} predicted in all."
        )
        yield (agree if found else contradict)("Table 3 and accuracy together", claims, because)


def check_f1_spread(ledger: Ledger) -> Iterator[Finding]:
    """The standard deviation of F1 over the classes."""
    for model in ("resnet50", "inception_v3"):
        claim = ledger[f"s31.{model}.f1_sd"]
        scores = [ledger.interval(f"t3.{model}.class{k}.f1").within(0, 1) for k in CLASSES]
        ranges = [standard_deviation_range(scores, lost=lost) for lost in (0, 1)]
        allowed = [
            low <= claim.interval.high and high >= claim.interval.low for low, high in ranges
        ]
        because = "Rounded as in table 3, the standard deviation is " + " and ".join(
            f"{number(low, 4)} to {number(high, 4)} ({name})"
            for (low, high), name in zip(ranges, ("of the eight", "as of a sample"), strict=True)
        )
        verdict = agree if any(allowed) else contradict
        yield verdict("Standard deviation of F1", (claim.id,), because + ".")
