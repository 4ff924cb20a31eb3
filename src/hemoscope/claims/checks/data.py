"""The data set: its split, its rarest class."""

from collections.abc import Iterator
from fractions import Fraction

from hemoscope.claims.arithmetic.counts import counts_behind
from hemoscope.claims.arithmetic.split import keras_validation_supports
from hemoscope.claims.checks.words import number, share
from hemoscope.claims.finding import Finding, agree, contradict
from hemoscope.claims.ledger import Ledger

CLASSES = range(8)
SUPPORTS = tuple(f"t3.class{k}.support" for k in CLASSES)
# Every place where an accuracy is printed with all its digits.
ACCURACIES = (
    *(f"t4.{model}.accuracy" for model in ("custom_cnn", "resnet50", "efficientnet_b3")),
    "t4.inception_v3.accuracy",
    *(f"t5.{model}.accuracy" for model in ("custom_cnn", "resnet50", "efficientnet_b3")),
    "t5.inception_v3.accuracy",
)


def check_split(ledger: Ledger) -> Iterator[Finding]:
    """The supports are what Keras's own split gives for this seed and share."""
    images = [ledger[f"s21.class{k}.images"].count for k in CLASSES]
    seed, held_out = ledger["s21.seed"].count, ledger.interval("s21.held_out").low
    expected = keras_validation_supports(images, seed=seed, share=float(held_out))
    stated = [ledger[name].count for name in SUPPORTS]
    title = "Supports from the seed"
    because = (
        f"Listing the images class by class, shuffling with RandomState({seed}) and taking the "
        f"last {share(held_out, 0)} gives {', '.join(map(str, expected))} cells of classes 0 to 7"
    )
    if expected == stated:
        yield agree(title, (*SUPPORTS, "s21.seed", "s21.held_out"), because + ", as printed.")
    else:
        yield contradict(title, (*SUPPORTS, "s21.seed"), because + ", not what is printed.")


def check_accuracies(ledger: Ledger) -> Iterator[Finding]:
    """An accuracy on n cells is a whole number of them over n."""
    size = ledger["t3.support"].count
    for name in ACCURACIES:
        claim = ledger[name]
        counts = counts_behind(claim.interval, size)
        title = f"Accuracy {claim.shown} as a count"
        if counts:
            because = f"{counts[0]:,} / {size:,} = {number(Fraction(counts[0], size), 5)}."
            yield agree(title, (name,), because)
            continue
        below = int(claim.interval.low * size)
        near = " and ".join(
            f"{k:,} / {size:,} = {share(Fraction(k, size), 3)}" for k in (below, below + 1)
        )
        yield contradict(title, (name,), f"No whole number of cells gives it: {near}.")


def check_rarest_class(ledger: Ledger) -> Iterator[Finding]:
    """The smallest class share, and whose it is."""
    claim = ledger["s34.rarest_class"]
    size = ledger["t3.support"].count
    shares = [Fraction(ledger[name].count, size) for name in SUPPORTS]
    least = min(shares)
    named = claim.cell_class if claim.cell_class is not None else 0
    owner = [k for k in CLASSES if shares[k] in claim.interval]
    because = (
        f"Class {named} has {ledger[SUPPORTS[named]].count} / {size:,} = "
        f"{share(shares[named])} of the test cells; {claim.shown} is the share of "
        f"class {', '.join(map(str, owner)) or 'none'}, and the least is {share(least)}."
    )
    right = shares[named] in claim.interval and shares[named] == least
    yield (agree if right else contradict)("Share of the rarest class", (claim.id,), because)
