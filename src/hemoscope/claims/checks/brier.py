"""Brier scores and their parts against supports, accuracy and confidence."""

from collections.abc import Iterator
from fractions import Fraction

from hemoscope.claims.arithmetic.bounds import (
    brier_sum_cap,
    brier_sum_cap_from_ece,
    brier_uncertainty,
)
from hemoscope.claims.checks.calibration import KNOWN, confidences
from hemoscope.claims.checks.words import number
from hemoscope.claims.claim import MODEL_NAMES, MODELS, Model
from hemoscope.claims.finding import Finding, bounded, contradict
from hemoscope.claims.ledger import Ledger

WORST: dict[Model, int] = {
    "custom_cnn": 3,
    "resnet50": 5,
    "efficientnet_b3": 3,
    "inception_v3": 3,
}


def check_uncertainty(ledger: Ledger) -> Iterator[Finding]:
    """Uncertainty is fixed by the supports or by accuracy; resolution cannot exceed it."""
    supports = [ledger[f"t3.class{k}.support"].count for k in range(8)]
    fixed = brier_uncertainty(supports)
    for model in MODELS:
        at = f"s35.{model}"
        claim, resolution = ledger[f"{at}.uncertainty"], ledger[f"{at}.resolution"]
        accuracy = Fraction(ledger[f"t4.{model}.accuracy"].value)
        readings = fixed | {"of the top label, right or wrong": accuracy * (1 - accuracy)}
        highest = Fraction(1, 4)
        told = ", ".join(f"{number(value, 4)} ({name})" for name, value in readings.items())
        if any(value in claim.interval for value in readings.values()):
            yield bounded("Brier uncertainty", (claim.id,), f"The definitions give {told}.")
            continue
        because = (
            f"The definitions give {told}; for two outcomes it is never above "
            f"{number(highest, 2)}. Printed {claim.figure}. Resolution {resolution.figure} is the "
            "rest of a sum that holds this figure, and falls with it."
        )
        title = f"{MODEL_NAMES[model]}: uncertainty of the Brier score"
        yield contradict(title, (claim.id, resolution.id), because)


def check_class_brier(ledger: Ledger) -> Iterator[Finding]:
    """The one-vs-rest Brier scores of the classes add up to a sum that accuracy caps."""
    for model in MODELS:
        at, worst = f"s36.{model}", WORST[model]
        names = (f"{at}.class1.brier", f"{at}.class7.brier", f"{at}.class{worst}.brier")
        lowest = ledger[f"{at}.brier_min"]
        least = sum(ledger.interval(name).low for name in names) + 5 * lowest.interval.low
        cap, how = _sum_cap(ledger, model)
        figures = " + ".join(ledger[name].figure for name in names)
        because = (
            "One-vs-rest, as class-wise calibration curves are, the eight scores add up to at "
            f"least {figures} + 5 × {lowest.figure} → {number(least, 4)} however rounded. "
            f"{how} = {number(cap, 4)}."
        )
        title = f"{MODEL_NAMES[model]}: Brier scores of the classes"
        blamed = (lowest.id, f"{at}.brier_max", *names)
        yield (contradict if least > cap else bounded)(title, blamed, because)


def _sum_cap(ledger: Ledger, model: Model) -> tuple[Fraction, str]:
    accuracy = ledger[f"t4.{model}.accuracy"]
    if model in KNOWN:
        right, wrong = (ledger[name] for name in confidences(model))
        cap = brier_sum_cap(accuracy.interval.low, right.interval.low, wrong.interval.high)
        a = accuracy.figure
        return cap, (
            f"Accuracy and mean confidences allow at most {a} × (1 − {right.figure}) + (1 − {a}) × "
            f"(1 + {wrong.figure})"
        )
    ece = ledger[f"s35.{model}.ece"]
    cap = brier_sum_cap_from_ece(accuracy.interval.low, ece.interval.high)
    return cap, (
        f"Accuracy and ECE allow at most (1 − {accuracy.figure} + {ece.figure}) + "
        f"2 × (1 − {accuracy.figure})"
    )
