"""Everything that follows from other numbers by one line of arithmetic."""

from collections.abc import Iterator
from fractions import Fraction
from functools import partial
from math import pi

from hemoscope.claims.arithmetic.scores import f1, mean, weighted_mean
from hemoscope.claims.checks.derivation import Derivation, judge
from hemoscope.claims.claim import MODELS
from hemoscope.claims.finding import Finding
from hemoscope.claims.interval import ONE, Interval, total
from hemoscope.claims.ledger import Ledger

CLASSES = range(8)
TRANSFERRED = ("resnet50", "efficientnet_b3", "inception_v3")
PI = Fraction(pi)


def check_derived(ledger: Ledger) -> Iterator[Finding]:
    """Every derivation of the paper."""
    tables = (_data, _shapes, _scores, _confusions, _times, _brier_sums)
    for table in tables:
        for derivation in table():
            yield judge(ledger, derivation)
    for derivation in _averages(ledger):
        yield judge(ledger, derivation)


def _sum(*parts: Interval) -> Interval:
    return total(parts)


def _saving(part: Interval, whole: Interval) -> Interval:
    return ONE - part / whole


def _data() -> Iterator[Derivation]:
    images = tuple(f"s21.class{k}.images" for k in CLASSES)
    words = " + ".join(f"{{{k}}}" for k in CLASSES)
    yield Derivation("s21.images", images, _sum, words, supports=images)
    supports = tuple(f"t3.class{k}.support" for k in CLASSES)
    yield Derivation("t3.support", supports, _sum, words, supports=supports)
    yield Derivation(
        "t3.support",
        ("s21.images", "s21.held_out"),
        lambda images, held: Interval.exactly(int(images.low * held.low)),
        "the whole part of {0} × {1} %",
        supports=("s21.held_out",),
    )
    yield Derivation(
        "s21.rotation_degrees",
        ("s21.rotation",),
        lambda angle: angle.scaled(180 / PI),
        "{0} rad × 180° / π",
        supports=("s21.rotation",),
    )
    yield Derivation(
        "s21.classes",
        ("s22.first_label", "s22.last_label"),
        lambda first, last: last - first + ONE,
        "labels from {0} to {1}: {1} − {0} + 1",
        supports=("s22.first_label", "s22.last_label"),
    )
    yield Derivation("t2.outputs", ("s21.classes",), lambda n: n, "one output a class: {0}")
    yield Derivation(
        "s37.resnet50.class1.correct",
        ("t3.resnet50.class1.recall", "t3.class1.support"),
        lambda recall, support: recall.within(0, 1) * support,
        "recall {0} × {1} cells",
    )


def _shapes() -> Iterator[Derivation]:
    for model in MODELS:
        at = f"t2.{model}"
        yield Derivation(f"{at}.tokens", (f"{at}.map_edge",), lambda edge: edge * edge, "{0} × {0}")
        for same in ("width", "pooled"):
            yield Derivation(
                f"{at}.{same}",
                (f"{at}.map_channels",),
                lambda channels: channels,
                "the channels of the feature map: {0}",
                supports=(f"{at}.map_channels",),
            )
        yield Derivation(
            f"{at}.total",
            (f"{at}.trainable", f"{at}.frozen"),
            _sum,
            "{0} + {1}",
            supports=(f"{at}.trainable", f"{at}.frozen"),
        )
    yield Derivation(
        "s38.custom_cnn.fewer_parameters",
        ("t2.custom_cnn.total", "t2.resnet50.total"),
        _saving,
        "1 − {0} / {1}",
    )


def _scores() -> Iterator[Derivation]:
    for model in MODELS:
        for k in CLASSES:
            at = f"t3.{model}.class{k}"
            yield Derivation(
                f"{at}.f1",
                (f"{at}.precision", f"{at}.recall"),
                f1,
                "2 / (1 / {0} + 1 / {1})",
            )
    yield Derivation(
        "s31.resnet50.class5.false_negative_rate",
        ("t3.resnet50.class5.recall",),
        lambda recall: ONE - recall,
        "1 − {0}",
    )
    for model, k in (("resnet50", 5), ("custom_cnn", 3)):
        yield Derivation(
            f"s31.{model}.class{k}.missed",
            (f"t3.{model}.class{k}.recall", f"t3.class{k}.support"),
            lambda recall, support: (ONE - recall) * support,
            "(1 − {0}) × {1}",
        )
    yield Derivation("s38.resnet50.error", ("t4.resnet50.accuracy",), lambda a: ONE - a, "1 − {0}")
    gain = ("t4.inception_v3.accuracy", "t4.resnet50.accuracy")
    yield Derivation("s38.inception_v3.gain", gain, lambda a, b: a - b, "{0} − {1}")
    yield Derivation(
        "s38.inception_v3.gain_cells",
        ("s38.inception_v3.gain", "t3.support"),
        lambda gain, cells: gain * cells,
        "{0} × {1} cells",
    )


def _averages(ledger: Ledger) -> Iterator[Derivation]:
    supports = [ledger[f"t3.class{k}.support"].count for k in CLASSES]
    weighted = partial(weighted_mean, weights=supports)
    words = ", ".join(f"{{{k}}}" for k in CLASSES)
    for model in MODELS:
        for score in ("precision", "recall", "f1"):
            inputs = tuple(f"t3.{model}.class{k}.{score}" for k in CLASSES)
            for name, formula in (("macro", mean), ("weighted", weighted)):
                yield Derivation(
                    f"t3.{model}.{name}.{score}",
                    inputs,
                    lambda *values, formula=formula: formula([v.within(0, 1) for v in values]),
                    f"{'mean' if name == 'macro' else 'mean by support'} of {words}",
                )
        yield Derivation(
            f"t3.{model}.weighted.recall",
            (f"t4.{model}.accuracy",),
            lambda accuracy: accuracy,
            "recall weighted by support is accuracy: {0}",
        )


def _confusions() -> Iterator[Derivation]:
    for model in MODELS:
        at = f"s37.{model}.confused"
        parts = (f"{at}_3_5", f"{at}_5_3")
        yield Derivation(at, parts, _sum, "{0} + {1}", supports=parts)
        yield Derivation(
            f"{at}_share",
            (at, "t3.class3.support", "t3.class5.support"),
            lambda confused, three, five: confused / (three + five),
            "{0} / ({1} + {2})",
        )


def _times() -> Iterator[Derivation]:
    for model in MODELS:
        at = f"t4.{model}"
        yield Derivation(
            f"{at}.minutes",
            (f"{at}.seconds",),
            lambda seconds: seconds.scaled(Fraction(1, 60)),
            "{0} s / 60",
            supports=(f"{at}.seconds",),
        )
    for model in ("efficientnet_b3", "inception_v3"):
        at = f"s38.{model}"
        yield Derivation(
            f"{at}.clock_minutes",
            (f"t4.{model}.seconds",),
            lambda seconds: Interval.exactly(seconds.low // 60),
            "whole minutes in {0} s",
        )
        yield Derivation(
            f"{at}.clock_seconds",
            (f"t4.{model}.seconds", f"{at}.clock_minutes"),
            lambda seconds, minutes: seconds - minutes.scaled(60),
            "{0} s − {1} × 60 s",
        )
    for claim, model in (
        ("s1.inception_v3.time_saved", "inception_v3"),
        ("s38.efficientnet_b3.time_saved", "efficientnet_b3"),
    ):
        inputs = (f"t4.{model}.seconds", "t4.resnet50.seconds")
        yield Derivation(claim, inputs, _saving, "1 − {0} / {1}")
    yield Derivation(
        "s38.custom_cnn.faster",
        ("t4.resnet50.seconds", "t4.custom_cnn.seconds"),
        lambda slow, fast: slow / fast,
        "{0} / {1}",
    )


def _brier_sums() -> Iterator[Derivation]:
    for model in MODELS:
        at = f"s35.{model}"
        parts = (f"{at}.reliability", f"{at}.resolution", f"{at}.uncertainty")
        yield Derivation(
            f"{at}.brier",
            parts,
            lambda reliability, resolution, uncertainty: reliability - resolution + uncertainty,
            "reliability {0} − resolution {1} + uncertainty {2}",
            supports=(f"{at}.reliability",),
        )
