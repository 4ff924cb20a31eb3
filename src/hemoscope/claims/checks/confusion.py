"""Confusion counts against table 3, kappa, and the distribution of errors."""

from collections.abc import Iterator
from math import log

from hemoscope.claims.arithmetic.confusion_caps import (
    entropy_range,
    kappa_range,
    least_entropy,
    precision_cap,
    recall_cap,
)
from hemoscope.claims.arithmetic.counts import (
    counts_behind,
    least_false_positives,
    possible_margins,
)
from hemoscope.claims.checks.classification import cells_right, class_scores
from hemoscope.claims.checks.words import number, share, span
from hemoscope.claims.claim import MODEL_NAMES, MODELS, Model
from hemoscope.claims.finding import Finding, agree, bounded, contradict
from hemoscope.claims.ledger import Ledger

CLASSES = range(8)
PAIR = ((3, 5), (5, 3))  # (true, predicted)


def check_caps(ledger: Ledger) -> Iterator[Finding]:
    """Known confusions cap precision where they land and recall where they come from."""
    for model in MODELS:
        for true, predicted in PAIR:
            yield _precision_finding(ledger, model, true, predicted)
            yield _recall_finding(ledger, model, true, predicted)


def _precision_finding(ledger: Ledger, model: Model, true: int, predicted: int) -> Finding:
    count = ledger[f"s37.{model}.confused_{true}_{predicted}"]
    precision = ledger[f"t3.{model}.class{predicted}.precision"]
    recall = ledger[f"t3.{model}.class{predicted}.recall"]
    support = ledger[f"t3.class{predicted}.support"].count
    right = counts_behind(recall.interval, support)[-1]
    cap = precision_cap(right, count.count)
    because = (
        f"At most {right} of {support} cells of class {predicted} are right (recall "
        f"{recall.figure}), and {count.figure} cells of class {true} are predicted as "
        f"{predicted}: precision is at most {right} / ({right} + {count.figure}) = "
        f"{number(cap, 4)}; printed {precision.figure}."
    )
    title = f"{MODEL_NAMES[model]}: precision of class {predicted}"
    if precision.interval.low > cap:
        return contradict(title, (precision.id, count.id), because)
    return bounded(title, (count.id,), because)


def _recall_finding(ledger: Ledger, model: Model, true: int, predicted: int) -> Finding:
    count = ledger[f"s37.{model}.confused_{true}_{predicted}"]
    recall = ledger[f"t3.{model}.class{true}.recall"]
    support = ledger[f"t3.class{true}.support"].count
    cap = recall_cap(support, count.count)
    because = (
        f"{count.figure} of {support} cells of class {true} are predicted as {predicted}: recall "
        f"is at most {support - count.count} / {support} = {number(cap, 4)}; "
        f"printed {recall.figure}."
    )
    title = f"{MODEL_NAMES[model]}: recall of class {true}"
    if recall.interval.low > cap:
        return contradict(title, (recall.id, count.id), because)
    return bounded(title, (count.id,), because)


def check_false_positive_sum(ledger: Ledger) -> Iterator[Finding]:
    """Every error is one false positive, so those that the classes need cannot exceed errors."""
    size = ledger["t3.support"].count
    for model in MODELS:
        landed = {
            predicted: ledger[f"s37.{model}.confused_{true}_{predicted}"].count
            for true, predicted in PAIR
        }
        needed = [
            least_false_positives(class_scores(ledger, model, k, least_false=landed.get(k, 0)))
            for k in CLASSES
        ]
        errors = size - cells_right(ledger, model)
        if sum(needed) > errors:
            because = (
                f"Precision, recall and the confusions need at least {', '.join(map(str, needed))} "
                f"false positives in classes 0 to 7, {sum(needed)} in all, but accuracy leaves "
                f"{errors} errors."
            )
            claims = (f"s37.{model}.confused_3_5", f"t3.{model}.class5.precision")
            yield contradict(f"{MODEL_NAMES[model]}: false positives in all", claims, because)


def check_kappa(ledger: Ledger) -> Iterator[Finding]:
    """Kappa follows from accuracy and supports to the third decimal."""
    supports = [ledger[f"t3.class{k}.support"].count for k in CLASSES]
    for model in MODELS:
        claim, right = ledger[f"s37.{model}.kappa"], cells_right(ledger, model)
        allowed = kappa_range(right, supports)
        because = (
            f"With {right:,} of {sum(supports):,} cells right and these supports, kappa is "
            f"{span(allowed, 4)}, whatever the errors; printed {claim.figure}."
        )
        verdict = agree if claim.allows(allowed) else contradict
        yield verdict(f"{MODEL_NAMES[model]}: Cohen's kappa", (claim.id,), because)


def check_concentration(ledger: Ledger) -> Iterator[Finding]:
    """The share of errors in three confusions is a whole number of errors."""
    size = ledger["t3.support"].count
    for model in ("resnet50", "custom_cnn"):
        claim = ledger[f"s37.{model}.concentration"]
        errors = size - cells_right(ledger, model)
        counts = counts_behind(claim.interval, errors)
        title = f"{MODEL_NAMES[model]}: error concentration"
        if counts:
            yield agree(title, (claim.id,), f"{counts[0]} of {errors} errors are {claim.shown}.")
            continue
        below = int(claim.interval.low * errors)
        near = " and ".join(f"{k} / {errors} = {share(k / errors)}" for k in (below, below + 1))
        pairs = [ledger[f"s37.{model}.confused{pair}"].count for pair in ("", "_2_6", "_3_6")]
        because = (
            f"No whole number of the {errors} errors gives {claim.shown}: {near}. The three "
            f"confusions that the text names hold {' + '.join(map(str, pairs))} = {sum(pairs)} "
            f"errors, {share(sum(pairs) / errors, 1)}."
        )
        yield contradict(title, (claim.id,), because)


def check_error_entropy(ledger: Ledger) -> Iterator[Finding]:
    """InceptionV3's error entropy, over pairs of classes or over classes, in nats or bits."""
    claim = ledger["s37.inception_v3.error_entropy"]
    errors = ledger["t3.support"].count - cells_right(ledger, "inception_v3")
    largest = ledger["s37.inception_v3.confused"].count
    pairs = (least_entropy(errors, largest), log(len(CLASSES) * (len(CLASSES) - 1)))
    missed, false = _error_choices(ledger, "inception_v3")
    readings = {
        f"over confusions, the largest with {largest} of {errors}": pairs,
        "over true classes": entropy_range(missed, errors),
        "over predicted classes": entropy_range(false, errors),
    }
    low, high = float(claim.interval.low), float(claim.interval.high)
    possible = [
        name
        for name, (least, greatest) in readings.items()
        for base in (1.0, log(2))
        if least / base <= high and greatest / base >= low
    ]
    because = "Entropy " + "; ".join(
        f"{name}: {number(least, 2)} to {number(greatest, 2)} nats "
        f"({number(least / log(2), 2)} to {number(greatest / log(2), 2)} bits)"
        for name, (least, greatest) in readings.items()
    )
    title = "InceptionV3: entropy of the errors"
    if possible:
        yield bounded(title, (claim.id,), because + ".")
    else:
        yield contradict(title, (claim.id,), f"{because}; none holds {claim.figure}.")


def _error_choices(ledger: Ledger, model: str) -> tuple[list[list[int]], list[list[int]]]:
    missed, false = [], []
    for k in CLASSES:
        scores = class_scores(ledger, model, k)
        margins = possible_margins(scores)
        missed.append(sorted({scores.support - m.right for m in margins}))
        false.append(sorted({m.predicted - m.right for m in margins}))
    return missed, false
