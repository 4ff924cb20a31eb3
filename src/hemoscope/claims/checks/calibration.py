"""Calibration figures against accuracy and mean confidence."""

from collections.abc import Iterator
from fractions import Fraction
from math import log

from hemoscope.claims.arithmetic.bounds import (
    class_ece_mean_cap,
    entropy_cap,
    least_cross_entropy,
    least_ece,
    least_share_above,
    mean_confidence,
)
from hemoscope.claims.checks.words import number, share, span
from hemoscope.claims.claim import MODEL_NAMES, MODELS, Model
from hemoscope.claims.finding import Finding, bounded, contradict
from hemoscope.claims.interval import Interval
from hemoscope.claims.ledger import Ledger

KNOWN: tuple[Model, ...] = ("inception_v3", "custom_cnn")  # models with mean confidences
CLASS_ECES: tuple[tuple[Model, str], ...] = (
    ("custom_cnn", "class_ece"),
    ("custom_cnn", "isotonic_gain"),
    ("inception_v3", "isotonic_gain"),
)


def confidence_of(ledger: Ledger, model: Model) -> Interval:
    """Mean confidence over all test cells."""
    return mean_confidence(
        ledger.interval(f"t4.{model}.accuracy"),
        ledger.interval(f"s37.{model}.confidence_right"),
        ledger.interval(f"s37.{model}.confidence_wrong"),
    )


def confidences(model: Model) -> tuple[str, str]:
    """The two claims from which mean confidence follows."""
    return f"s37.{model}.confidence_right", f"s37.{model}.confidence_wrong"


def _confidence_in_words(ledger: Ledger, model: Model) -> str:
    right, wrong = (ledger[name].figure for name in confidences(model))
    accuracy = ledger[f"t4.{model}.accuracy"].figure
    return (
        f"Mean confidence is {accuracy} × {right} + (1 − {accuracy}) × {wrong} = "
        f"{span(confidence_of(ledger, model), 4)}"
    )


def check_ece(ledger: Ledger) -> Iterator[Finding]:
    """No ECE is less than the distance of mean confidence from accuracy."""
    for model in KNOWN:
        accuracy, confidence = (
            ledger.interval(f"t4.{model}.accuracy"),
            confidence_of(ledger, model),
        )
        least = least_ece(accuracy, confidence)
        because = (
            f"{_confidence_in_words(ledger, model)}, accuracy "
            f"{ledger[f't4.{model}.accuracy'].figure}; ECE is at least their distance, "
            f"{number(least, 4)}, whatever the bins"
        )
        for title, names in (
            ("ECE", (f"s35.{model}.ece", f"s35.{model}.ece_low", f"s35.{model}.ece_high")),
            ("adaptive ECE", (f"s36.{model}.adaptive_ece",)),
        ):
            too_low = tuple(name for name in names if ledger.interval(name).high < least)
            printed = ", ".join(ledger[name].figure for name in names)
            told = f"{because}; printed {printed}."
            heading = f"{MODEL_NAMES[model]}: {title} against mean confidence"
            if too_low:
                yield contradict(heading, (*too_low, *confidences(model)), told)
            else:
                yield bounded(heading, names, told)


def check_temperature(ledger: Ledger) -> Iterator[Finding]:
    """A temperature above 1 lowers every confidence, so underconfidence can only grow."""
    for model in KNOWN:
        temperature = ledger[f"s35.{model}.temperature"]
        scaled = ledger[f"s35.{model}.scaled_ece"]
        gap = ledger.interval(f"t4.{model}.accuracy") - confidence_of(ledger, model)
        if temperature.interval.low <= 1 or gap.low <= 0:
            continue
        because = (
            f"{_confidence_in_words(ledger, model)}, at least {number(gap.low, 4)} below accuracy. "
            f"Dividing logits by {temperature.figure} lowers every confidence and leaves accuracy, "
            f"so ECE afterwards is at least {number(gap.low, 4)}; printed {scaled.figure}."
        )
        title = f"{MODEL_NAMES[model]}: ECE after temperature scaling"
        if scaled.interval.high < gap.low:
            yield contradict(title, (scaled.id, temperature.id), because)
        else:
            yield bounded(title, (scaled.id,), because)


def check_mce(ledger: Ledger) -> Iterator[Finding]:
    """CustomCNN's MCE in the top bin needs that bin to be small, its confidences that it is not."""
    model: Model = "custom_cnn"
    mce, ece = ledger[f"s35.{model}.mce"], ledger[f"s35.{model}.ece"]
    edge = Fraction(ledger[f"s35.{model}.mce_bin"].value)
    accuracy = ledger.interval(f"t4.{model}.accuracy")
    gap = mce.interval.low
    by_ece = ece.interval.high / gap
    # Accuracy is at most 1 − gap in the bin and 1 elsewhere.
    by_accuracy = (1 - accuracy.low) / gap
    needed = least_share_above(confidence_of(ledger, model).low, edge)
    because = (
        f"Overconfidence of {mce.figure} in the bin above {number(edge, 1)} leaves it at most "
        f"{ece.figure} / {mce.figure} → {share(by_ece, 1)} of the cells (ECE), and at most "
        f"{share(by_accuracy, 1)} (accuracy: its cells are right at most {number(1 - gap, 3)} of "
        f"the time). {_confidence_in_words(ledger, model)}, which needs at least "
        f"{share(needed, 1)} of the cells there."
    )
    title = f"{MODEL_NAMES[model]}: MCE in the top bin"
    names = (mce.id, ledger[f"s35.{model}.mce_bin"].id)
    if needed > by_ece:
        yield contradict(title, (*names, ece.id, *confidences(model)), because)
    elif needed > by_accuracy:
        yield contradict(title, (*names, *confidences(model)), because)


def check_top_bins(ledger: Ledger) -> Iterator[Finding]:
    """InceptionV3's underconfidence cannot all lie below the confidence where it is said to."""
    model: Model = "inception_v3"
    mce, edge = ledger[f"s35.{model}.mce"], ledger[f"s35.{model}.over_above"]
    gap = (ledger.interval(f"t4.{model}.accuracy") - confidence_of(ledger, model)).low
    below = gap / mce.interval.high
    highest = 1 - below * (1 - edge.interval.low)
    confidence = confidence_of(ledger, model)
    because = (
        f"{_confidence_in_words(ledger, model)}, at least {number(gap, 4)} below accuracy. "
        f"With overconfidence above {edge.figure} all of that lies below, where no bin is off by "
        f"more than {mce.figure}, so at least {number(gap, 4)} / {number(mce.interval.high, 4)} = "
        f"{share(below, 0)} of the cells lie there and mean confidence is at most "
        f"{number(highest, 4)}."
    )
    if highest < confidence.low:
        names = (edge.id, mce.id, *confidences(model))
        yield contradict(f"{MODEL_NAMES[model]}: overconfidence above 0.9", names, because)


def check_ece_and_mce(ledger: Ledger) -> Iterator[Finding]:
    """The mean of the bins' errors is at most the largest."""
    for model in MODELS:
        ece, mce = ledger[f"s35.{model}.ece"], ledger[f"s35.{model}.mce"]
        verdict = bounded if ece.interval.low <= mce.interval.high else contradict
        because = f"ECE {ece.figure} is at most MCE {mce.figure}."
        yield verdict("ECE at most MCE", (ece.id, mce.id), because)


def check_class_ece(ledger: Ledger) -> Iterator[Finding]:
    """The mean one-vs-rest ECE is capped by accuracy and confidence."""
    for model, kept in CLASS_ECES:
        accuracy = ledger[f"t4.{model}.accuracy"]
        right = ledger[f"s37.{model}.confidence_right"]
        cap = class_ece_mean_cap(accuracy.interval.low, right.interval.low, 8)
        claim = ledger[f"s36.{model}.{kept}"]
        because = (
            "One-vs-rest, a class's ECE is at most the mean of |p − y|; over the eight classes "
            f"that averages at most 2 × ({accuracy.figure} × (1 − {right.figure}) + "
            f"(1 − {accuracy.figure})) / 8 = {number(cap, 4)}, and no reduction can exceed "
            f"it; printed {claim.figure}."
        )
        verdict = contradict if claim.interval.low > cap else bounded
        yield verdict(f"{MODEL_NAMES[model]}: {claim.means}", (claim.id,), because)


def check_sharpness(ledger: Ledger) -> Iterator[Finding]:
    """Negative entropy is negative; read as entropy, confidence caps it."""
    for model in MODELS:
        claim = ledger[f"s35.{model}.sharpness"]
        because = f"Entropy is never negative, so negative entropy is never {claim.figure}."
        lowest = _least_confidence(ledger, model)
        cap = entropy_cap(float(lowest), 8)
        in_bits = cap / log(2)
        if in_bits < claim.interval.low:
            because += (
                f" Nor is it entropy with its sign lost: mean confidence of at least "
                f"{number(lowest, 4)} allows at most {number(cap, 3)} nats or "
                f"{number(in_bits, 3)} bits."
            )
        else:
            because += (
                f" Mean confidence of at least {number(lowest, 4)} would allow an entropy of up to "
                f"{number(cap, 3)} nats or {number(in_bits, 3)} bits."
            )
        if claim.interval.low > 0:
            yield contradict(
                f"{MODEL_NAMES[model]}: sign of negative entropy", (claim.id,), because
            )


def _least_confidence(ledger: Ledger, model: Model) -> Fraction:
    if model in KNOWN:
        return confidence_of(ledger, model).low
    accuracy, ece = ledger.interval(f"t4.{model}.accuracy"), ledger.interval(f"s35.{model}.ece")
    return (accuracy - ece).low


def check_losses(ledger: Ledger) -> Iterator[Finding]:
    """Mean confidences set a least loss."""
    for model in KNOWN:
        loss = ledger[f"t4.{model}.loss"]
        right, wrong = (ledger.interval(name) for name in confidences(model))
        accuracy = ledger.interval(f"t4.{model}.accuracy")
        # The ends that make it least: many right and sure of it, few wrong and unsure.
        least = least_cross_entropy(float(accuracy.high), float(right.high), float(wrong.low))
        because = (
            f"By Jensen's inequality the mean confidences need a loss of at least "
            f"{number(least, 4)}; printed {loss.figure}."
        )
        verdict = bounded if loss.interval.high >= least else contradict
        yield verdict(f"{MODEL_NAMES[model]}: loss and confidence", (loss.id,), because)
